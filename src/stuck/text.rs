//! Why a run is stuck, in words.

use crate::stuck::report::{Stuck, WaitFor, Waits};
use std::fmt;

impl fmt::Display for Waits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} has waited since {} for ", self.who, self.since)?;
        match &self.what {
            WaitFor::Answer { from } => write!(f, "a reply from {from}"),
            WaitFor::Resource { resource, held_by } if held_by.is_empty() => {
                write!(f, "{resource}, which nobody holds")
            }
            WaitFor::Resource { resource, held_by } => {
                write!(f, "{resource}, held by {}", held_by.join(", "))
            }
            WaitFor::Item { store } => write!(f, "an item of {store}"),
            WaitFor::End { of } => write!(f, "the end of {of}"),
            WaitFor::Message => f.write_str("a message"),
            WaitFor::Interrupt => f.write_str("an interrupt"),
            WaitFor::Signal => f.write_str("a signal"),
            WaitFor::Condition { reads } if reads.is_empty() => {
                f.write_str("a condition that reads nothing")
            }
            WaitFor::Condition { reads } => write!(f, "a condition on {}", reads.join(", ")),
            WaitFor::Loss => f.write_str("the loss of what it holds"),
            WaitFor::Use { resource } => write!(f, "more use of {resource}"),
            WaitFor::Slot => f.write_str("a CPU slot"),
            WaitFor::Nothing => f.write_str("the end of a sleep that never ends"),
        }
    }
}

impl fmt::Display for Stuck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts = |waits: &[Waits]| waits.iter().map(ToString::to_string).collect::<Vec<_>>();
        let mut lines = texts(&self.others);
        if !self.circle.is_empty() {
            lines.insert(0, format!("in a circle: {}", texts(&self.circle).join("; ")));
        }
        f.write_str(&lines.join("\n"))
    }
}
