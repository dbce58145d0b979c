//! The kernel: the parts that every run has, whatever features it uses.
//!
//! The clock, the event list, the actors, the journal, the loop, the limits. It names no feature:
//! their data is in [`Kernel::features`], and they implement [`Hooks`].
//!
//! | file | what it is |
//! |---|---|
//! | `state.rs` | the data of the kernel, the trait of classes, the hooks of features |
//! | `run.rs` | the loop: next event, clock, delivery, and the work besides events |
//! | `clock.rs` | moving the clock, within the limits |
//! | `schedule.rs` | events into cells and on the list; cancelling |
//! | `births.rs` | classes, registration of actors, streams |
//! | `failing.rs` | how a run fails; which actor a reference names |
//! | `journal.rs`, `recording.rs` | digest and observers; the facts that they get |
//! | `returns.rs`, `giving_back.rs` | what is given back by dropping it |
//! | `fork.rs` | the kernel of a copy |
//! | `ties.rs`, `choosing.rs` | a tie policy; the next event under one |

mod births;
mod choosing;
mod clock;
mod failing;
mod fork;
mod giving_back;
mod journal;
mod recording;
mod returns;
mod run;
mod schedule;
mod state;
mod subjects;
mod ties;

pub(crate) use returns::Returns;
pub(crate) use run::{Engine, Stop};
pub(crate) use schedule::put_message;
pub(crate) use state::{AsAny, Born, Class, Hooks, Kernel, LAST, Newborn, NextLife, Shared};
