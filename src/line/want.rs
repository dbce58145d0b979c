//! Which items of a store a claim wants.

/// Whether a claim accepts an item.
pub(super) type Filter<T> = Box<dyn Fn(&T) -> bool>;

/// Which items a claim wants.
pub(crate) enum Want<T> {
    /// The first.
    First,
    /// The first that is accepted.
    Where(Filter<T>),
    /// The first ones, that many at once.
    Many(u64),
}
