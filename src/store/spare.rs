//! The memory of pools that are gone, for the next ones of the thread: a study makes thousands of
//! short runs of the same types.

use crate::store::pool::{AnyPool, EventPool};
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// At most this many pools are kept.
const MOST: usize = 32;

thread_local! {
    /// Empty pools, of any types.
    static SPARE: RefCell<Vec<Rc<dyn Any>>> = const { RefCell::new(Vec::new()) };
    /// Empty lists and tables.
    static LISTS: Cell<Option<Box<dyn Any>>> = const { Cell::new(None) };
}

/// The lists and tables that were kept last on this thread, if they are of that type, or new ones.
pub(crate) fn kept_memory<T: Default + 'static>() -> T {
    let kept = LISTS.try_with(Cell::take).ok().flatten();
    kept.and_then(|kept| kept.downcast().ok()).map_or_else(T::default, |kept| *kept)
}

/// Keeps lists and tables, which are empty and small.
pub(crate) fn keep_memory(empty: Box<dyn Any>) {
    _ = LISTS.try_with(|lists| lists.set(Some(empty)));
}

/// An empty pool of a class, in the memory of one that was kept on this thread if there is one.
pub(crate) fn new_pool<M: 'static>(class: u16) -> Rc<RefCell<EventPool<M>>> {
    let kept = SPARE.try_with(|spare| {
        let mut spare = spare.borrow_mut();
        let at = spare.iter().rposition(|pool| pool.is::<RefCell<EventPool<M>>>())?;
        spare.swap_remove(at).downcast::<RefCell<EventPool<M>>>().ok()
    });
    match kept {
        Ok(Some(pool)) => {
            pool.borrow_mut().class = class;
            pool
        }
        _ => Rc::new(RefCell::new(EventPool::new(class))),
    }
}

/// Drops what is in a pool, and keeps its memory for the next one of its type. `typed` and `any`
/// are the same pool.
pub(crate) fn keep(typed: Rc<dyn Any>, any: Rc<dyn AnyPool>) {
    if Rc::strong_count(&any) > 2 || !any.empty() {
        return;
    }
    drop(any);
    let keep = |spare: &RefCell<Vec<Rc<dyn Any>>>| {
        let mut spare = spare.borrow_mut();
        if spare.len() < MOST {
            spare.push(typed);
        }
    };
    // Not at the end of the thread.
    _ = SPARE.try_with(keep);
}
