//! What can be sent: a type that prints for the trace and feeds its contents
//! to the digest.

use super::ReplyTo;
use crate::digest::Digest;
use std::fmt::Debug;

/// A value that can travel in a message.
///
/// Use [`message!`](crate::message!) for enums and structs; it writes this
/// implementation. The primitive types, strings, tuples, arrays, vectors,
/// options, results, boxes and references are messages already, so
/// `ActorRef<u64>` is a reference to an actor that takes plain numbers.
///
/// # Contract
/// Values that behave differently must feed different words, equal values
/// the same words, on every machine: no addresses, no hash order.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no message type",
    label = "a type that implements `flagfall::Message` is wanted here",
    note = "define it by the macro `flagfall::message!`, with fields that are messages themselves; \
            numbers, strings, tuples, lists, options and references are messages already"
)]
pub trait Message: Debug + 'static {
    /// Feeds the contents to the digest.
    fn digest(&self, digest: &mut Digest);

    /// Feeds the contents of a list to the digest: its length, then its items.
    ///
    /// Primitive types do it faster than one by one; other types need not
    /// implement it (as with [`Hash::hash_slice`](std::hash::Hash::hash_slice)).
    fn digest_list(list: &[Self], digest: &mut Digest)
    where
        Self: Sized,
    {
        digest.write_u64(list.len() as u64);
        list.iter().for_each(|item| item.digest(digest));
    }

    /// A second message like this one, for links that double what they carry
    /// ([`FaultPlan`](crate::FaultPlan)); `None`, unless implemented, if there
    /// cannot be two: nothing that asks for one answer ([`ReplyTo`](crate::ReplyTo))
    /// can be copied.
    ///
    /// [`message!`](crate::message!) copies field by field.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Message, ReplyTo};
    ///
    /// flagfall::message! {
    ///     enum TaxiMessage { Drive { rides: Vec<u32> }, Cash(ReplyTo<u64>) }
    /// }
    /// let drive = TaxiMessage::Drive { rides: vec![3, 4] };
    /// assert_eq!(format!("{:?}", drive.duplicate()), "Some(Drive { rides: [3, 4] })");
    /// ```
    fn duplicate(&self) -> Option<Self>
    where
        Self: Sized,
    {
        None
    }

    /// The same message for a branch of the run
    /// ([`Simulation::fork`](crate::Simulation::fork)); `None` if it cannot be
    /// copied.
    ///
    /// Unlike [`duplicate`](Self::duplicate), this copies what asks for one
    /// answer, too: each branch gives its own. Only the engine can ask for it,
    /// because only the engine has a [`Copying`]. Unless implemented, it is
    /// what `duplicate` makes; [`message!`](crate::message!) copies field by
    /// field.
    ///
    /// # Examples
    /// A message type written by hand, which holds a [`ReplyTo`](crate::ReplyTo):
    /// ```
    /// use flagfall::{Digest, Message, ReplyTo, actor::Copying};
    ///
    /// #[derive(Debug)]
    /// struct Question<T>(T, ReplyTo<T>);
    ///
    /// impl<T: Message> Message for Question<T> {
    ///     fn digest(&self, digest: &mut Digest) {
    ///         self.0.digest(digest);
    ///         self.1.digest(digest);
    ///     }
    ///     fn fork(&self, copying: &Copying) -> Option<Self> {
    ///         Some(Self(self.0.fork(copying)?, self.1.fork(copying)?))
    ///     }
    /// }
    /// ```
    fn fork(&self, copying: &Copying) -> Option<Self>
    where
        Self: Sized,
    {
        let _ = copying;
        self.duplicate()
    }

    /// How many bytes it takes on a link of limited bandwidth
    /// ([`FaultPlan`](crate::FaultPlan)), without headers: numbers their own size,
    /// references 8, texts and lists what is in them, a variant of an enum one
    /// byte more. Unless implemented, the size of the Rust type.
    ///
    /// # Examples
    /// ```
    /// use flagfall::Message;
    ///
    /// flagfall::message! {
    ///     enum ServerMessage { Add { gradient: Vec<f64> }, Read }
    /// }
    /// assert_eq!(ServerMessage::Add { gradient: vec![0.5; 100] }.size(), 801);
    /// assert_eq!(ServerMessage::Read.size(), 1);
    /// ```
    fn size(&self) -> u64 {
        std::mem::size_of_val(self) as u64
    }
}

/// What the engine shows to copy messages and states for a branch of a run. Its
/// existence is the permission to copy a [`ReplyTo`](crate::ReplyTo): programs
/// cannot make one, so a request is still answered once in each branch.
#[derive(Debug)]
pub struct Copying(pub(crate) ());

impl Copying {
    /// The place to answer to, for an actor's state in a branch.
    #[must_use]
    pub fn reply_to<R>(&self, reply: &ReplyTo<R>) -> ReplyTo<R> {
        ReplyTo::new(reply.request, reply.family)
    }
}

/// Defines message types: the enum or struct, `Debug` for the trace, and
/// [`Message`](trait@crate::Message) for the digest.
///
/// Write the type as usual, with attributes and documentation; every field
/// must itself be a `Message`. Generic types implement the trait by hand.
///
/// # Examples
/// ```
/// use flagfall::{ActorRef, ReplyTo, Span};
///
/// flagfall::message! {
///     /// What a taxi understands.
///     pub enum TaxiMessage {
///         /// Drive for that long.
///         TakeRide { ride: u32, duration: Span },
///         /// Say what was earned.
///         Cash(ReplyTo<u64>),
///         Meet(ActorRef<TaxiMessage>),
///         GoHome,
///     }
/// }
///
/// let message = TaxiMessage::TakeRide { ride: 3, duration: Span::from_secs(2) };
/// assert_eq!(format!("{message:?}"), "TakeRide { ride: 3, duration: 2s }");
/// ```
#[macro_export]
macro_rules! message {
    () => {};
    (
        $(#[$attribute:meta])*
        $visibility:vis enum $name:ident {
            $(
                $(#[$variant_attribute:meta])*
                $variant:ident
                $( ( $( $(#[$tuple_attribute:meta])* $tuple:ty ),* $(,)? ) )?
                $( { $( $(#[$field_attribute:meta])* $field:ident : $type:ty ),* $(,)? } )?
            ),* $(,)?
        }
        $($rest:tt)*
    ) => {
        $(#[$attribute])*
        #[derive(Debug)]
        $visibility enum $name {
            $(
                $(#[$variant_attribute])*
                $variant
                $( ( $( $(#[$tuple_attribute])* $tuple ),* ) )?
                $( { $( $(#[$field_attribute])* #[allow(missing_docs)] $field : $type ),* } )?
            ),*
        }

        impl $crate::Message for $name {
            #[allow(unused_assignments, unused_mut, unused_variables)]
            #[inline(always)]
            fn digest(&self, digest: &mut $crate::Digest) {
                let mut ordinal = 0_u64;
                $(
                    $crate::message!(@arm self digest ordinal $name $variant
                        $( ( $( $tuple ),* ) )? $( { $( $field ),* } )?);
                    ordinal += 1;
                )*
            }

            fn duplicate(&self) -> Option<Self> {
                $(
                    $crate::message!(@copy self $name $variant
                        $( ( $( $tuple ),* ) )? $( { $( $field ),* } )?);
                )*
                None
            }

            #[allow(unused_variables)]
            fn fork(&self, copying: &$crate::actor::Copying) -> Option<Self> {
                $(
                    $crate::message!(@fork self copying $name $variant
                        $( ( $( $tuple ),* ) )? $( { $( $field ),* } )?);
                )*
                None
            }

            #[allow(unused_mut)]
            fn size(&self) -> u64 {
                let mut size = 1_u64;
                $(
                    $crate::message!(@size self size $name $variant
                        $( ( $( $tuple ),* ) )? $( { $( $field ),* } )?);
                )*
                size
            }
        }

        $crate::message! { $($rest)* }
    };
    (
        $(#[$attribute:meta])*
        $visibility:vis struct $name:ident {
            $( $(#[$field_attribute:meta])* $field_visibility:vis $field:ident : $type:ty ),* $(,)?
        }
        $($rest:tt)*
    ) => {
        $(#[$attribute])*
        #[derive(Debug)]
        $visibility struct $name {
            $( $(#[$field_attribute])* $field_visibility $field : $type ),*
        }

        impl $crate::Message for $name {
            #[allow(unused_variables)]
            #[inline(always)]
            fn digest(&self, digest: &mut $crate::Digest) {
                $( $crate::Message::digest(&self.$field, digest); )*
            }

            fn duplicate(&self) -> Option<Self> {
                Some(Self { $( $field: $crate::Message::duplicate(&self.$field)? ),* })
            }

            #[allow(unused_variables)]
            fn fork(&self, copying: &$crate::actor::Copying) -> Option<Self> {
                Some(Self { $( $field: $crate::Message::fork(&self.$field, copying)? ),* })
            }

            fn size(&self) -> u64 {
                0 $( + $crate::Message::size(&self.$field) )*
            }
        }

        $crate::message! { $($rest)* }
    };
    (@arm $self:ident $digest:ident $ordinal:ident $name:ident $variant:ident) => {
        if let $name::$variant = $self {
            return $digest.write_variant($ordinal);
        }
    };
    (@arm $self:ident $digest:ident $ordinal:ident $name:ident $variant:ident ( $($tuple:ty),* )) => {
        $crate::message!(@bind [@arm_of $self $digest $ordinal $name $variant]
            [] [a b c d e f g h] $($tuple),*);
    };
    (@arm_of $self:ident $digest:ident $ordinal:ident $name:ident $variant:ident $($bound:ident)*) => {
        if let $name::$variant($($bound),*) = $self {
            $digest.write_variant($ordinal);
            $( $crate::Message::digest($bound, $digest); )*
            return;
        }
    };
    (@arm $self:ident $digest:ident $ordinal:ident $name:ident $variant:ident { $($field:ident),* }) => {
        if let $name::$variant { $($field),* } = $self {
            $digest.write_variant($ordinal);
            $( $crate::Message::digest($field, $digest); )*
            return;
        }
    };
    (@copy $self:ident $name:ident $variant:ident) => {
        if let $name::$variant = $self {
            return Some($name::$variant);
        }
    };
    (@copy $self:ident $name:ident $variant:ident ( $($tuple:ty),* )) => {
        $crate::message!(@bind [@copy_of $self $name $variant] [] [a b c d e f g h] $($tuple),*);
    };
    (@copy_of $self:ident $name:ident $variant:ident $($bound:ident)*) => {
        if let $name::$variant($($bound),*) = $self {
            return Some($name::$variant($( $crate::Message::duplicate($bound)? ),*));
        }
    };
    (@copy $self:ident $name:ident $variant:ident { $($field:ident),* }) => {
        if let $name::$variant { $($field),* } = $self {
            return Some($name::$variant { $( $field: $crate::Message::duplicate($field)? ),* });
        }
    };
    (@fork $self:ident $by:ident $name:ident $variant:ident) => {
        if let $name::$variant = $self {
            return Some($name::$variant);
        }
    };
    (@fork $self:ident $by:ident $name:ident $variant:ident ( $($tuple:ty),* )) => {
        $crate::message!(@bind [@fork_of $self $by $name $variant] [] [a b c d e f g h] $($tuple),*);
    };
    (@fork_of $self:ident $by:ident $name:ident $variant:ident $($bound:ident)*) => {
        if let $name::$variant($($bound),*) = $self {
            return Some($name::$variant($( $crate::Message::fork($bound, $by)? ),*));
        }
    };
    (@fork $self:ident $by:ident $name:ident $variant:ident { $($field:ident),* }) => {
        if let $name::$variant { $($field),* } = $self {
            return Some($name::$variant { $( $field: $crate::Message::fork($field, $by)? ),* });
        }
    };
    (@size $self:ident $size:ident $name:ident $variant:ident) => {};
    (@size $self:ident $size:ident $name:ident $variant:ident ( $($tuple:ty),* )) => {
        $crate::message!(@bind [@size_of $self $size $name $variant]
            [] [a b c d e f g h] $($tuple),*);
    };
    (@size_of $self:ident $size:ident $name:ident $variant:ident $($bound:ident)*) => {
        if let $name::$variant($($bound),*) = $self {
            $size += 0 $( + $crate::Message::size($bound) )*;
        }
    };
    (@size $self:ident $size:ident $name:ident $variant:ident { $($field:ident),* }) => {
        if let $name::$variant { $($field),* } = $self {
            $size += 0 $( + $crate::Message::size($field) )*;
        }
    };
    // Gives each unnamed field the next letter, and goes on with them.
    (@bind $then:tt [$($bound:ident)*] [$letter:ident $($letters:ident)*]
        $type:ty $(, $types:ty)*) => {
        $crate::message!(@bind $then [$($bound)* $letter] [$($letters)*] $($types),*);
    };
    (@bind [$($then:tt)*] [$($bound:ident)*] [$($letters:ident)*]) => {
        $crate::message!($($then)* $($bound)*);
    };
}
