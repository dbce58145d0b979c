//! Errors of schedules.

use super::clock::Clock;
use crate::time::{Span, VirtualTime};
use std::fmt;

/// Why there is no such schedule.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ScheduleError {
    /// There is no step.
    Empty,
    /// The first step is not at 0.
    First {
        /// Where it is.
        at: Span,
    },
    /// A step is not later than the one before.
    Order {
        /// The time of the one before.
        before: Span,
        /// Its time.
        at: Span,
    },
    /// A time is not within the period.
    BeyondPeriod {
        /// The time.
        at: Span,
        /// The period.
        period: Span,
    },
    /// Only what repeats can begin in the middle of a period.
    NoPeriod,
    /// The beginning was given after an exception, whose times would be others then.
    ExceptionsFirst,
    /// An exception that does not end after its beginning.
    EmptyException {
        /// Its beginning.
        from: VirtualTime,
        /// Its end.
        until: VirtualTime,
    },
    /// Two exceptions at one time.
    TwoExceptions {
        /// The beginning of the second one.
        from: VirtualTime,
        /// Its end.
        until: VirtualTime,
    },
    /// A text that is no schedule.
    Text {
        /// What is wrong with it.
        problem: String,
    },
}

impl fmt::Display for ScheduleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("there is no step: give at least the value from 0 on"),
            Self::First { at } => {
                write!(f, "the first step is at {}: give the value from 0 on", Clock(*at))
            }
            Self::Order { before, at } => write!(
                f,
                "the step at {} follows the one at {}: give the steps in the order of time",
                Clock(*at),
                Clock(*before)
            ),
            Self::BeyondPeriod { at, period } => {
                write!(
                    f,
                    "{} is not within the period of {}: times are before the end of the period",
                    Clock(*at),
                    Clock(*period)
                )
            }
            Self::NoPeriod => {
                f.write_str("it does not repeat, and so begins with the run: shift its steps")
            }
            Self::ExceptionsFirst => {
                f.write_str("give the beginning before the exceptions, which are times of the run")
            }
            Self::EmptyException { from, until } => {
                write!(f, "the exception from {from} until {until} is empty: give a later end")
            }
            Self::TwoExceptions { from, until } => {
                write!(f, "two exceptions overlap between {from} and {until}: give one of them")
            }
            Self::Text { problem } => f.write_str(problem),
        }
    }
}

impl std::error::Error for ScheduleError {}
