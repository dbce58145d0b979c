//! Store.

mod head;
mod kept;
mod mailbox;
mod op;
mod origin;
mod pool;
#[cfg(feature = "snapshot")]
mod saved;
pub(crate) use mailbox::Mailbox;
pub(crate) use op::Op;
pub(crate) use origin::{Happened, Origin};
pub(crate) use pool::{AnyPool, NONE, Pool};
#[cfg(feature = "snapshot")]
pub(crate) use saved::{CellPicture, PoolPicture, UsedCell};
