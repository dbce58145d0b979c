//! The trait of messages, and their copies for branches.

use super::ReplyTo;
use crate::digest::Digest;
use std::fmt::Debug;

/// A value that can travel in a message.
///
/// `#[derive(Debug, Message)]` makes an enum or a struct a message, also a generic one.
/// Every field must be a message itself. The primitive types, strings, tuples, arrays,
/// vectors, options, results, boxes and references are messages already, so
/// `ActorRef<u64>` is a reference to an actor that takes plain numbers.
///
/// # Examples
/// ```
/// use flagfall::{ActorRef, Message, ReplyTo, Span};
///
/// /// The messages of a taxi.
/// #[derive(Debug, Message)]
/// enum TaxiMessage {
///     TakeRide { ride: u32, duration: Span },
///     Cash(ReplyTo<u64>),
///     Meet(ActorRef<TaxiMessage>),
///     GoHome,
/// }
///
/// /// An item with its place in a queue: each `T` has to be a message.
/// #[derive(Debug, Message)]
/// struct Numbered<T> { number: u32, item: T }
///
/// let message = TaxiMessage::TakeRide { ride: 3, duration: Span::from_secs(2) };
/// assert_eq!(format!("{message:?}"), "TakeRide { ride: 3, duration: 2s }");
/// assert_eq!(Numbered { number: 1, item: message }.size(), 4 + 1 + 4 + 8);
/// ```
///
/// A field that is not a message does not compile:
/// ```compile_fail,E0277
/// #[derive(Debug)]
/// struct Ticket;
///
/// #[derive(Debug, flagfall::Message)]
/// enum TaxiMessage { Pay(Ticket) }
/// ```
///
/// The engine keeps a message until it arrives, so a message cannot borrow:
/// ```compile_fail
/// #[derive(Debug, flagfall::Message)]
/// struct Note<'a> { text: &'a str }
/// ```
///
/// # Contract
/// Values that behave differently must feed different words to the digest. Equal values
/// must feed the same words on every machine: no addresses, no hash order.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a message type",
    label = "a type that implements `flagfall::Message` is wanted here",
    note = "put `#[derive(Debug, Message)]` in front of it, with fields that are messages themselves; \
            numbers, strings, tuples, lists, options and references are messages already"
)]
pub trait Message: Debug + 'static {
    /// Feeds the contents to the digest.
    fn digest(&self, digest: &mut Digest);

    /// Feeds the contents of a list to the digest: its length, then its items.
    ///
    /// Primitive types have a faster version. Other types need not implement it
    /// (as with [`Hash::hash_slice`](std::hash::Hash::hash_slice)).
    fn digest_list(list: &[Self], digest: &mut Digest)
    where
        Self: Sized,
    {
        digest.write_u64(list.len() as u64);
        list.iter().for_each(|item| item.digest(digest));
    }

    /// A copy of this message, for links that double messages
    /// ([`FaultPlan`](crate::FaultPlan)); `None` if there is no copy. A message with a
    /// [`ReplyTo`](crate::ReplyTo) has none, because its request has one answer.
    ///
    /// The default is `None`; `#[derive(Message)]` copies field by field.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Message, ReplyTo};
    ///
    /// #[derive(Debug, Message)]
    /// enum TaxiMessage { Drive { rides: Vec<u32> }, Cash(ReplyTo<u64>) }
    /// let drive = TaxiMessage::Drive { rides: vec![3, 4] };
    /// assert_eq!(format!("{:?}", drive.duplicate()), "Some(Drive { rides: [3, 4] })");
    /// ```
    fn duplicate(&self) -> Option<Self>
    where
        Self: Sized,
    {
        None
    }

    /// The same message for a branch of the run ([`Simulation::fork`](crate::Simulation::fork));
    /// `None` if it cannot be copied.
    ///
    /// Unlike [`duplicate`](Self::duplicate), this copies a [`ReplyTo`](crate::ReplyTo), too: each
    /// branch has its own answer. Only the engine can call it, because only the engine has a
    /// [`Copying`]. The default is `duplicate`; `#[derive(Message)]` copies field by field.
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

    /// The size in bytes on a link of limited bandwidth ([`FaultPlan`](crate::FaultPlan)), without
    /// headers. A number has its own size, a reference 8, a text or list the size of its contents.
    /// A variant of an enum takes one byte more. The default is the size of the Rust type.
    ///
    /// # Examples
    /// ```
    /// use flagfall::Message;
    ///
    /// #[derive(Debug, Message)]
    /// enum ServerMessage { Add { gradient: Vec<f64> }, Read }
    /// assert_eq!(ServerMessage::Add { gradient: vec![0.5; 100] }.size(), 801);
    /// assert_eq!(ServerMessage::Read.size(), 1);
    /// ```
    fn size(&self) -> u64 {
        std::mem::size_of_val(self) as u64
    }
}

/// The permission to copy a [`ReplyTo`](crate::ReplyTo) for a branch of a run. Only the
/// engine can make one, so that each branch answers a request only once.
#[derive(Debug)]
pub struct Copying(pub(crate) ());

impl Copying {
    /// A copy of a `ReplyTo` for the branch.
    #[must_use]
    pub fn reply_to<R>(&self, reply: &ReplyTo<R>) -> ReplyTo<R> {
        ReplyTo::new(reply.request, reply.family)
    }
}

/// Puts `#[derive(Debug, Message)]` in front of each enum and struct in it.
///
/// # Examples
/// ```
/// flagfall::message! {
///     pub enum TaxiMessage { TakeRide { ride: u32 }, GoHome }
/// }
/// assert_eq!(format!("{:?}", TaxiMessage::TakeRide { ride: 3 }), "TakeRide { ride: 3 }");
/// ```
#[macro_export]
macro_rules! message {
    ($($item:item)*) => {
        $(
            #[allow(missing_docs)]
            #[derive(Debug, $crate::Message)]
            $item
        )*
    };
}
