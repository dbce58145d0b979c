//! The lines in front of resources: pure structures that know who waits, who
//! holds, and who is next.
//!
//! Nothing here knows of events: the engine asks who is next and tells them
//! (`simulation/resource/`). All three serve in the order of (priority, claim
//! number), and whoever is first and cannot be served yet makes the others
//! wait: nobody is overtaken because it asked for much.

mod container;
mod facility;
mod statistics;
mod store;

pub(crate) use container::Level;
pub(crate) use facility::{Facility, Lost};
pub use statistics::ResourceStatistics;
pub(crate) use statistics::Usage;
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
}

impl Claim {
    /// One unit, at priority 0, that neither preempts nor yields.
    #[must_use]
    pub fn new() -> Self {
        Self { amount: 1, priority: 0, preempting: false, yielding: false }
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
    #[must_use]
    pub fn yielding(self) -> Self {
        Self { yielding: true, ..self }
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
        Ok(())
    }
}

/// A claim's place in a line: lower is served first. Numbers never repeat, so
/// a ticket that is kept too long finds nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Ticket {
    pub(crate) priority: i32,
    pub(crate) number: u64,
}

impl Ticket {
    /// Before all others.
    pub(crate) const FIRST: Self = Self { priority: i32::MIN, number: 0 };
}
