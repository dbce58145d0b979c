//! `Message` for the types of the standard library and of the engine.

use super::{ActorId, ActorRef, Copying, DeathCause, Message, ReplyTo};
use crate::digest::Digest;
use crate::time::{Span, VirtualTime};
use std::rc::Rc;
use std::sync::Arc;

/// Messages of one word, of which a list feeds two words at a time.
macro_rules! word_messages {
    ($($($type:ty),*: $item:ident => $word:expr;)*) => {$($(
        impl Message for $type {
            #[inline(always)]
            fn digest(&self, digest: &mut Digest) {
                let $item = *self;
                digest.write_u64($word);
            }

            fn digest_list(list: &[Self], digest: &mut Digest) {
                digest.write_words(list, |$item| $word);
            }

            fn duplicate(&self) -> Option<Self> {
                Some(*self)
            }
        }
    )*)*};
}
word_messages!(
    // Sign extension and truncation keep distinct values distinct.
    u8, u16, u32, u64, usize, i8, i16, i32, i64, isize, bool, char: item => item as u64;
    // The bits: 0.0 and -0.0 differ, because a division by them differs.
    f64: item => item.to_bits();
    f32: item => u64::from(item.to_bits());
);

/// Other messages without fields.
macro_rules! plain_messages {
    ($($type:ty: $item:ident, $digest:ident => $feed:expr;)*) => {$(
        impl Message for $type {
            #[inline(always)]
            fn digest(&self, $digest: &mut Digest) {
                let $item = *self;
                $feed
            }

            fn duplicate(&self) -> Option<Self> {
                Some(*self)
            }
        }
    )*};
}
plain_messages!(
    u128: item, digest => digest.write_pair(item as u64, (item >> 64) as u64);
    i128: item, digest => (item as u128).digest(digest);
    (): _item, _digest => ();
    Span: span, digest => digest.write_u64(span.as_nanos());
    VirtualTime: time, digest => digest.write_u64(time.as_nanos());
    ActorId: id, digest => digest.write_u64(id.word());
    DeathCause: cause, digest => digest.write_u64(cause as u64);
);

impl Message for String {
    fn digest(&self, digest: &mut Digest) {
        digest.write_bytes(self.as_bytes());
    }

    fn duplicate(&self) -> Option<Self> {
        Some(self.clone())
    }

    fn size(&self) -> u64 {
        self.len() as u64
    }
}

impl Message for &'static str {
    fn digest(&self, digest: &mut Digest) {
        digest.write_bytes(self.as_bytes());
    }

    fn duplicate(&self) -> Option<Self> {
        Some(*self)
    }

    fn size(&self) -> u64 {
        self.len() as u64
    }
}

impl<T: Message> Message for Vec<T> {
    #[inline(always)]
    fn digest(&self, digest: &mut Digest) {
        T::digest_list(self, digest);
    }

    fn duplicate(&self) -> Option<Self> {
        self.iter().map(Message::duplicate).collect()
    }

    fn fork(&self, copying: &Copying) -> Option<Self> {
        self.iter().map(|item| item.fork(copying)).collect()
    }

    fn size(&self) -> u64 {
        self.iter().map(Message::size).sum()
    }
}

impl<T: Message, const N: usize> Message for [T; N] {
    #[inline(always)]
    fn digest(&self, digest: &mut Digest) {
        T::digest_list(self, digest);
    }

    fn duplicate(&self) -> Option<Self> {
        self.iter().map(Message::duplicate).collect::<Option<Vec<T>>>()?.try_into().ok()
    }

    fn fork(&self, copying: &Copying) -> Option<Self> {
        // This allocates no list, because every message of a run may be such an array.
        let items = self.each_ref().map(|item| item.fork(copying));
        let all = items.iter().all(Option::is_some);
        all.then(|| items.map(|item| item.expect("all are there")))
    }

    fn size(&self) -> u64 {
        self.iter().map(Message::size).sum()
    }
}

impl<T: Message> Message for Option<T> {
    fn digest(&self, digest: &mut Digest) {
        digest.write_variant(u64::from(self.is_some()));
        self.iter().for_each(|item| item.digest(digest));
    }

    fn duplicate(&self) -> Option<Self> {
        self.as_ref().map_or(Some(None), |value| value.duplicate().map(Some))
    }

    fn fork(&self, copying: &Copying) -> Option<Self> {
        self.as_ref().map_or(Some(None), |value| value.fork(copying).map(Some))
    }

    fn size(&self) -> u64 {
        1 + self.as_ref().map_or(0, Message::size)
    }
}

impl<T: Message, E: Message> Message for Result<T, E> {
    fn digest(&self, digest: &mut Digest) {
        digest.write_variant(u64::from(self.is_ok()));
        match self {
            Ok(value) => value.digest(digest),
            Err(error) => error.digest(digest),
        }
    }

    fn duplicate(&self) -> Option<Self> {
        match self {
            Ok(value) => value.duplicate().map(Ok),
            Err(error) => error.duplicate().map(Err),
        }
    }

    fn fork(&self, copying: &Copying) -> Option<Self> {
        match self {
            Ok(value) => value.fork(copying).map(Ok),
            Err(error) => error.fork(copying).map(Err),
        }
    }

    fn size(&self) -> u64 {
        1 + self.as_ref().map_or_else(Message::size, Message::size)
    }
}

macro_rules! pointer_messages {
    ($($pointer:ident $copy:expr, $fork:expr;)*) => {$(
        impl<T: Message> Message for $pointer<T> {
            #[inline(always)]
            fn digest(&self, digest: &mut Digest) {
                (**self).digest(digest);
            }

            fn duplicate(&self) -> Option<Self> {
                let copy: fn(&Self) -> Option<Self> = $copy;
                copy(self)
            }

            fn fork(&self, copying: &Copying) -> Option<Self> {
                let fork: fn(&Self, &Copying) -> Option<Self> = $fork;
                fork(self, copying)
            }

            fn size(&self) -> u64 {
                (**self).size()
            }
        }
    )*};
}
// Copies and branches share the value in an `Rc` or `Arc`.
pointer_messages!(
    Box |own| (**own).duplicate().map(Box::new),
        |own, copying| (**own).fork(copying).map(Box::new);
    Rc |shared| Some(Rc::clone(shared)), |shared, _| Some(Rc::clone(shared));
    Arc |shared| Some(Arc::clone(shared)), |shared, _| Some(Arc::clone(shared));
);

macro_rules! tuple_messages {
    ($(($($type:ident $index:tt),*))*) => {$(
        impl<$($type: Message),*> Message for ($($type,)*) {
            #[inline(always)]
            fn digest(&self, digest: &mut Digest) {
                $( self.$index.digest(digest); )*
            }

            fn duplicate(&self) -> Option<Self> {
                Some(($( self.$index.duplicate()?, )*))
            }

            fn fork(&self, copying: &Copying) -> Option<Self> {
                Some(($( self.$index.fork(copying)?, )*))
            }

            fn size(&self) -> u64 {
                0 $( + self.$index.size() )*
            }
        }
    )*};
}
tuple_messages!((A 0)(A 0, B 1)(A 0, B 1, C 2)(A 0, B 1, C 2, D 3));

impl<M: 'static> Message for ActorRef<M> {
    #[inline(always)]
    fn digest(&self, digest: &mut Digest) {
        self.id().digest(digest);
    }

    fn duplicate(&self) -> Option<Self> {
        Some(*self)
    }

    fn size(&self) -> u64 {
        // The family is not part of the message.
        8
    }
}

impl<R: 'static> Message for ReplyTo<R> {
    #[inline(always)]
    fn digest(&self, digest: &mut Digest) {
        digest.write_u64(u64::from(self.request.slot));
    }

    fn size(&self) -> u64 {
        // The family is not part of the message.
        8
    }

    fn fork(&self, copying: &Copying) -> Option<Self> {
        Some(copying.reply_to(self))
    }
}
