//! The lines of resources: plain data structures with the claims that wait and the claims that
//! hold.
//!
//! They know nothing of events: the engine (`resource/`) asks who is next and tells them. All three
//! serve in the order of (priority, place). If the first claim cannot be served yet, the others
//! wait, so a large claim is not overtaken. Only a get with a filter can be overtaken, and a claim of
//! several resources at once.

mod anywhere;
mod container;
mod facility;
mod full;
mod history;
mod note;
mod ordered;
mod report;
mod staffing;
mod statistics;
mod store;
mod want;

pub(crate) use container::Level;
pub(crate) use facility::{Facility, Lost};
pub use full::LineFull;
pub use history::ResourceHistory;
pub(crate) use note::{Asked, Known, Note};
pub(crate) use ordered::Ordered;
pub(crate) use report::Reported;
pub use report::{ResourceKind, ResourceReport};
pub(crate) use staffing::Staffing;
pub use statistics::ResourceStatistics;
pub(crate) use statistics::{Served, Usage};
pub(crate) use store::{Given, Placed, Shelf};
pub(crate) use want::Want;

use crate::time::VirtualTime;
use std::fmt;

/// How much is claimed of a resource, and how urgently.
///
/// # Examples
/// ```
/// use flagfall::resource::Claim;
///
/// let urgent = Claim::new().priority(-1).amount(2).preempting();
/// assert_eq!(urgent.to_string(), "2, priority -1, preempting");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    pub(crate) amount: u64,
    pub(crate) priority: i32,
    pub(crate) preempting: bool,
    pub(crate) yielding: bool,
    pub(crate) behind: bool,
    pub(crate) upon_loss: UponLoss,
}

/// What [`Resource::serve`](crate::Resource::serve) does when the units are taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UponLoss {
    Resume,
    Restart,
    GiveUp,
}

impl Claim {
    /// One unit, at priority 0, that neither preempts nor yields.
    #[must_use]
    pub fn new() -> Self {
        Self {
            amount: 1,
            priority: 0,
            preempting: false,
            yielding: false,
            behind: false,
            upon_loss: UponLoss::Resume,
        }
    }

    /// Claims several units at once; they are granted together.
    #[must_use]
    pub fn amount(self, amount: u64) -> Self {
        Self { amount, ..self }
    }

    /// Sets the priority; the lower the number, the sooner it is served (as in SimPy).
    #[must_use]
    pub fn priority(self, priority: i32) -> Self {
        Self { priority, ..self }
    }

    /// Takes units away from holders that yield and have a higher priority number, the least urgent
    /// and latest first. If all of these together hold too few units, it takes none and waits.
    #[must_use]
    pub fn preempting(self) -> Self {
        Self { preempting: true, ..self }
    }

    /// Lets more urgent claims take the units away again, and a capacity that
    /// [falls](crate::resource::Shortage::Preempt). A claim that does not yield keeps its units.
    ///
    /// A new claim at the instant of the loss, with the same priority, has the old place. It comes
    /// before all claims of that priority that were first made later. This applies to the claimant,
    /// and to a process that works with units that it was given. A claim at a later instant is an
    /// ordinary new claim.
    #[must_use]
    pub fn yielding(self) -> Self {
        Self { yielding: true, ..self }
    }

    /// Gives up the place of a claim that was preempted: the new claim goes behind others of the
    /// same priority.
    #[must_use]
    pub fn behind(self) -> Self {
        Self { behind: true, ..self }
    }

    /// Yields. After a loss, [`Resource::serve`](crate::Resource::serve) goes on with the remaining
    /// work (preemptive resume). This is the default of `serve`.
    #[must_use]
    pub fn resume(self) -> Self {
        Self { upon_loss: UponLoss::Resume, ..self.yielding() }
    }

    /// Yields. After a loss, [`Resource::serve`](crate::Resource::serve) begins again (preemptive
    /// repeat: the same work again).
    #[must_use]
    pub fn restart(self) -> Self {
        Self { upon_loss: UponLoss::Restart, ..self.yielding() }
    }

    /// Yields. After a loss, [`Resource::serve`](crate::Resource::serve) ends with an error.
    #[must_use]
    pub fn give_up(self) -> Self {
        Self { upon_loss: UponLoss::GiveUp, ..self.yielding() }
    }
}

impl Default for Claim {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, priority {}", self.amount, self.priority)?;
        if self.preempting {
            f.write_str(", preempting")?;
        }
        if self.yielding {
            f.write_str(", yielding")?;
        }
        match self.upon_loss {
            UponLoss::Resume => {}
            UponLoss::Restart => f.write_str(", to restart")?,
            UponLoss::GiveUp => f.write_str(", to give up")?,
        }
        if self.behind {
            f.write_str(", behind its equals")?;
        }
        Ok(())
    }
}

/// A claim, with what is claimed, and since when it waits or holds.
#[derive(Debug)]
struct Claimed<W, C> {
    who: W,
    what: C,
    since: VirtualTime,
}

/// The place of a claim in a line: lower is served first. No two tickets are equal, so an outdated
/// ticket finds nothing. A place is given out once, and `again` counts the losses after which a
/// claim came back to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Ticket {
    pub(crate) priority: i32,
    pub(crate) place: u64,
    pub(crate) again: u32,
}

impl Ticket {
    /// A new place, behind all claims of that priority.
    pub(crate) const fn new(priority: i32, place: u64) -> Self {
        Self { priority, place, again: 0 }
    }

    /// The same place, for the claim that continues this one.
    pub(crate) fn kept(self) -> Self {
        Self { again: self.again.wrapping_add(1), ..self }
    }

    /// Before all other tickets.
    pub(crate) const FIRST: Self = Self { priority: i32::MIN, place: 0, again: 0 };
}
