//! A registry of one kind of types, with names.

use rustc_hash::FxHashMap;
use std::any::{Any, TypeId};
use std::rc::Rc;

/// The entries of registered types, and their names in files.
pub(crate) struct Registry<T: ?Sized>(FxHashMap<TypeId, (&'static str, Rc<T>)>);

impl<T: ?Sized> Registry<T> {
    /// Adds the entry of type `K`.
    ///
    /// # Panics
    /// If another type has the name, because a file would be ambiguous.
    pub(crate) fn insert<K: 'static>(&mut self, name: &'static str, known: Rc<T>) {
        self.enter(TypeId::of::<K>(), (name, known));
    }

    /// Adds the entries of another registry; they replace those of the same types.
    ///
    /// # Panics
    /// If both give the same name to different types.
    pub(crate) fn extend(&mut self, other: &Self) {
        other.0.iter().for_each(|(id, known)| self.enter(*id, known.clone()));
    }

    fn enter(&mut self, id: TypeId, known: (&'static str, Rc<T>)) {
        let taken = self.0.iter().any(|(other, (name, _))| *other != id && *name == known.0);
        assert!(!taken, "two functions are named {}", known.0);
        self.0.insert(id, known);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The name and the entry of that value's type.
    pub(crate) fn of(&self, value: &dyn Any) -> Option<&(&'static str, Rc<T>)> {
        self.0.get(&value.type_id())
    }

    #[cfg(feature = "snapshot")]
    pub(crate) fn named(&self, name: &str) -> Option<&T> {
        self.0.values().find(|(known, _)| *known == name).map(|(_, known)| &**known)
    }
}

// A derive would require `T: Clone`.
impl<T: ?Sized> Clone for Registry<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: ?Sized> Default for Registry<T> {
    fn default() -> Self {
        Self(FxHashMap::default())
    }
}
