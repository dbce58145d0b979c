//! What handles of resources have in common.

/// What handles have in common whose type says what is in there, not what
/// they hold: a derive would ask the same of that type.
macro_rules! handle_of_many {
    ($handle:ident, $name:literal) => {
        impl<T> Clone for $handle<T> {
            fn clone(&self) -> Self {
                *self
            }
        }
        impl<T> Copy for $handle<T> {}
        impl<T> PartialEq for $handle<T> {
            fn eq(&self, other: &Self) -> bool {
                self.id == other.id
            }
        }
        impl<T> Eq for $handle<T> {}
        impl<T> std::hash::Hash for $handle<T> {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                self.id.hash(state);
            }
        }
        impl<T> std::fmt::Debug for $handle<T> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{} {:?}", $name, self.id)
            }
        }
        impl<T: 'static> $crate::Message for $handle<T> {
            fn digest(&self, digest: &mut $crate::Digest) {
                $crate::Message::digest(&self.id, digest);
            }

            fn size(&self) -> u64 {
                $crate::Message::size(&self.id)
            }
        }
    };
}
