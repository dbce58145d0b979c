//! What can be sent: a type that prints for the trace and feeds its contents
//! to the digest.

use super::{ActorId, ActorRef, DeathCause, ReplyTo, RequestError};
use crate::digest::Digest;
use crate::time::{Span, VirtualTime};
use std::fmt::Debug;
use std::rc::Rc;
use std::sync::Arc;

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
pub trait Message: Debug + 'static {
    /// Feeds the contents to the digest.
    fn digest(&self, digest: &mut Digest);
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
            #[inline]
            fn digest(&self, digest: &mut $crate::Digest) {
                let mut ordinal = 0_u64;
                $(
                    $crate::message!(@arm self digest ordinal $name $variant
                        $( ( $( $tuple ),* ) )? $( { $( $field ),* } )?);
                    ordinal += 1;
                )*
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
            #[inline]
            fn digest(&self, digest: &mut $crate::Digest) {
                $( $crate::Message::digest(&self.$field, digest); )*
            }
        }

        $crate::message! { $($rest)* }
    };
    (@arm $self:ident $digest:ident $ordinal:ident $name:ident $variant:ident) => {
        if let $name::$variant = $self {
            $digest.write_u64($ordinal);
        }
    };
    (@arm $self:ident $digest:ident $ordinal:ident $name:ident $variant:ident ( $($tuple:ty),* )) => {
        $crate::message!(@bind $self $digest $ordinal $name $variant
            [] [a b c d e f g h] $($tuple),*);
    };
    (@arm $self:ident $digest:ident $ordinal:ident $name:ident $variant:ident { $($field:ident),* }) => {
        if let $name::$variant { $($field),* } = $self {
            $digest.write_u64($ordinal);
            $( $crate::Message::digest($field, $digest); )*
        }
    };
    // Gives each unnamed field the next letter.
    (@bind $self:ident $digest:ident $ordinal:ident $name:ident $variant:ident
        [$($bound:ident)*] [$letter:ident $($letters:ident)*] $type:ty $(, $types:ty)*) => {
        $crate::message!(@bind $self $digest $ordinal $name $variant
            [$($bound)* $letter] [$($letters)*] $($types),*);
    };
    (@bind $self:ident $digest:ident $ordinal:ident $name:ident $variant:ident
        [$($bound:ident)*] [$($letters:ident)*]) => {
        if let $name::$variant($($bound),*) = $self {
            $digest.write_u64($ordinal);
            $( $crate::Message::digest($bound, $digest); )*
        }
    };
}

macro_rules! word_messages {
    ($($type:ty),*) => {$(
        impl Message for $type {
            #[inline]
            fn digest(&self, digest: &mut Digest) {
                // Sign extension and truncation keep distinct values distinct.
                digest.write_u64(*self as u64);
            }
        }
    )*};
}
word_messages!(u8, u16, u32, u64, usize, i8, i16, i32, i64, isize, bool, char);

impl Message for u128 {
    #[inline]
    fn digest(&self, digest: &mut Digest) {
        digest.write_u64(*self as u64);
        digest.write_u64((*self >> 64) as u64);
    }
}

impl Message for i128 {
    #[inline]
    fn digest(&self, digest: &mut Digest) {
        (*self as u128).digest(digest);
    }
}

impl Message for f64 {
    /// The bits: 0.0 and -0.0 differ, as they do when divided by.
    #[inline]
    fn digest(&self, digest: &mut Digest) {
        digest.write_u64(self.to_bits());
    }
}

impl Message for f32 {
    #[inline]
    fn digest(&self, digest: &mut Digest) {
        digest.write_u64(u64::from(self.to_bits()));
    }
}

impl Message for () {
    #[inline]
    fn digest(&self, _: &mut Digest) {}
}

impl Message for String {
    fn digest(&self, digest: &mut Digest) {
        digest.write_bytes(self.as_bytes());
    }
}

impl Message for &'static str {
    fn digest(&self, digest: &mut Digest) {
        digest.write_bytes(self.as_bytes());
    }
}

impl<T: Message> Message for Vec<T> {
    fn digest(&self, digest: &mut Digest) {
        digest.write_u64(self.len() as u64);
        self.iter().for_each(|item| item.digest(digest));
    }
}

impl<T: Message, const N: usize> Message for [T; N] {
    fn digest(&self, digest: &mut Digest) {
        self.iter().for_each(|item| item.digest(digest));
    }
}

impl<T: Message> Message for Option<T> {
    fn digest(&self, digest: &mut Digest) {
        digest.write_u64(u64::from(self.is_some()));
        self.iter().for_each(|item| item.digest(digest));
    }
}

impl<T: Message, E: Message> Message for Result<T, E> {
    fn digest(&self, digest: &mut Digest) {
        digest.write_u64(u64::from(self.is_ok()));
        match self {
            Ok(value) => value.digest(digest),
            Err(error) => error.digest(digest),
        }
    }
}

macro_rules! pointer_messages {
    ($($pointer:ident),*) => {$(
        impl<T: Message> Message for $pointer<T> {
            #[inline]
            fn digest(&self, digest: &mut Digest) {
                (**self).digest(digest);
            }
        }
    )*};
}
pointer_messages!(Box, Rc, Arc);

macro_rules! tuple_messages {
    ($(($($type:ident $index:tt),*))*) => {$(
        impl<$($type: Message),*> Message for ($($type,)*) {
            #[inline]
            fn digest(&self, digest: &mut Digest) {
                $( self.$index.digest(digest); )*
            }
        }
    )*};
}
tuple_messages!((A 0)(A 0, B 1)(A 0, B 1, C 2)(A 0, B 1, C 2, D 3));

impl Message for Span {
    #[inline]
    fn digest(&self, digest: &mut Digest) {
        digest.write_u64(self.as_nanos());
    }
}

impl Message for VirtualTime {
    #[inline]
    fn digest(&self, digest: &mut Digest) {
        digest.write_u64(self.as_nanos());
    }
}

impl Message for ActorId {
    #[inline]
    fn digest(&self, digest: &mut Digest) {
        digest.write_u64(self.word());
    }
}

impl<M: 'static> Message for ActorRef<M> {
    #[inline]
    fn digest(&self, digest: &mut Digest) {
        self.id.digest(digest);
    }
}

impl<R: 'static> Message for ReplyTo<R> {
    #[inline]
    fn digest(&self, digest: &mut Digest) {
        digest.write_u64(u64::from(self.request.slot));
    }
}

impl Message for DeathCause {
    fn digest(&self, digest: &mut Digest) {
        digest.write_u64(*self as u64);
    }
}

impl Message for RequestError {
    fn digest(&self, digest: &mut Digest) {
        digest.write_bytes(self.actor.as_bytes());
        self.cause.digest(digest);
    }
}
