//! The event store: typed cells for events and for messages that wait. A mailbox is a circular list
//! of such cells.

mod fork;
mod head;
mod mailbox;
mod origin;
mod pool;
#[cfg(feature = "snapshot")]
mod save;
mod spare;
pub(crate) use head::Op;
pub(crate) use mailbox::Mailbox;
pub(crate) use origin::{Occurrence, Origin};
pub(crate) use pool::{AnyPool, EventPool, NONE};
#[cfg(feature = "snapshot")]
pub(crate) use save::{CellPicture, EventPoolPicture, UsedCell};
pub(crate) use spare::{keep, keep_memory, kept_memory, new_pool};
