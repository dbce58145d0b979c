//! The lines in front of resources: pure structures that know who waits, who
//! holds, and who is next.
//!
//! Nothing here knows of events: the engine asks who is next and tells them
//! (`simulation/resource/`). All three serve in the order of (priority, place),
//! and whoever is first and cannot be served yet makes the others wait: nobody
//! is overtaken because it asked for much.

mod container;
mod facility;
mod statistics;
mod store;

pub(crate) use container::Level;
pub(crate) use facility::{Facility, Lost};
pub use statistics::ResourceStatistics;
pub(crate) use statistics::{Served, Usage};
pub(crate) use store::{Position, Shelf};

use std::fmt;

/// What is asked of a resource, and how urgently.
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

/// What [`Resource::serve`](crate::Resource::serve) does when the units are
/// taken away.
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

    /// Asks for several units at once; they are granted together.
    #[must_use]
    pub fn amount(self, amount: u64) -> Self {
        Self { amount, ..self }
    }

    /// Sets the priority; the lower the number, the sooner it is served
    /// (SimPy's convention).
    #[must_use]
    pub fn priority(self, priority: i32) -> Self {
        Self { priority, ..self }
    }

    /// Takes units away from holders of a higher priority number that yield,
    /// the least urgent and latest first; unless even all of them have too
    /// few, when it takes none and waits.
    #[must_use]
    pub fn preempting(self) -> Self {
        Self { preempting: true, ..self }
    }

    /// Lets more urgent claims take the units away again. Who does not yield
    /// keeps what it holds.
    ///
    /// Who then claims again of that resource, at the instant of the loss and
    /// with the same priority, has its old place: before all equals that
    /// claimed later than it did at first. That holds for who claimed, and for
    /// a process that works with what was handed to it. At a later instant it
    /// is a new claim like any other.
    #[must_use]
    pub fn yielding(self) -> Self {
        Self { yielding: true, ..self }
    }

    /// Gives up the place of a claim that was preempted: it goes behind its
    /// equals, as a new claim does.
    #[must_use]
    pub fn behind(self) -> Self {
        Self { behind: true, ..self }
    }

    /// Yields, and has [`Resource::serve`](crate::Resource::serve) go on after
    /// a loss with what is left to do (preemptive resume). That is what `serve`
    /// does unless told otherwise.
    #[must_use]
    pub fn resume(self) -> Self {
        Self { upon_loss: UponLoss::Resume, ..self.yielding() }
    }

    /// Yields, and has [`Resource::serve`](crate::Resource::serve) begin anew
    /// after a loss (preemptive repeat: the same work again).
    #[must_use]
    pub fn restart(self) -> Self {
        Self { upon_loss: UponLoss::Restart, ..self.yielding() }
    }

    /// Yields, and has [`Resource::serve`](crate::Resource::serve) end with an
    /// error after a loss.
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

/// A claim's place in a line: lower is served first. No two are equal, so
/// a ticket that is kept too long finds nothing: a place is given out once, and
/// who comes back to it after a loss counts how often that was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Ticket {
    pub(crate) priority: i32,
    pub(crate) place: u64,
    pub(crate) again: u32,
}

impl Ticket {
    /// A place of its own, behind all equals.
    pub(crate) const fn new(priority: i32, place: u64) -> Self {
        Self { priority, place, again: 0 }
    }

    /// The same place, for the claim that goes on from this one.
    pub(crate) fn kept(self) -> Self {
        Self { again: self.again.wrapping_add(1), ..self }
    }

    /// Before all others.
    pub(crate) const FIRST: Self = Self { priority: i32::MIN, place: 0, again: 0 };
}
