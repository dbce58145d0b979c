//! What handles have in common.

/// What handles have in common whose type says what is in there, not what they hold: a derive
/// would ask the same of that type.
macro_rules! handle {
    ($handle:ident<$type:ident $(: $bound:path)?>, $name:literal, $this:ident => $id:expr) => {
        impl<$type $(: $bound)?> Clone for $handle<$type> {
            fn clone(&self) -> Self {
                *self
            }
        }
        impl<$type $(: $bound)?> Copy for $handle<$type> {}
        impl<$type $(: $bound)?> PartialEq for $handle<$type> {
            fn eq(&self, other: &Self) -> bool {
                let id = |$this: &Self| $id;
                id(self) == id(other)
            }
        }
        impl<$type $(: $bound)?> Eq for $handle<$type> {}
        impl<$type $(: $bound)?> std::hash::Hash for $handle<$type> {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                let $this = self;
                std::hash::Hash::hash(&$id, state);
            }
        }
        impl<$type $(: $bound)?> std::fmt::Debug for $handle<$type> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let $this = self;
                write!(f, concat!($name, "{:?}"), $id)
            }
        }
    };
}
