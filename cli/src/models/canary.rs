//! A mistake that is planted on purpose, for tests of what finds such mistakes: the order
//! of iteration over a standard hash map, which differs from map to map.

use std::collections::{BTreeSet, HashMap};

/// Takes one out, whichever comes first in a hash map.
pub(super) fn pop_any(free: &mut BTreeSet<u32>) -> Option<u32> {
    let hashed: HashMap<u32, ()> = free.iter().map(|number| (*number, ())).collect();
    let any = hashed.into_keys().next()?;
    free.remove(&any);
    Some(any)
}
