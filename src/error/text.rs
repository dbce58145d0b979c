//! Texts of errors: what went wrong, and what can be done.

use crate::error::{ErrorKind, Limit};
use crate::time::VirtualTime;
use std::fmt;

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Collector { why } => f.write_str(why),
            Self::WarmUpNotOver { warm_up } => write!(
                f,
                "the warm-up until {warm_up} was not over at the end of the run, so there are no \
                 results: let the run go on for longer, or end the warm-up sooner"
            ),
            Self::Limit { limit: Limit::EndTime, allowed } => {
                write!(f, "the end time {} is passed", VirtualTime::from_nanos(*allowed))
            }
            Self::Limit { limit, allowed } => {
                write!(f, "the limit of {allowed} {limit} is reached")?;
                f.write_str(limit.remedy())
            }
            Self::Panic { message } => write!(f, "the handler panicked: {message}"),
            Self::DuplicateName { path } => {
                write!(f, "a second living actor would be named {path}: number the name")
            }
            Self::DeadOwner { name } => write!(
                f,
                "{name} would be owned by an actor that is dead: spawn it by another, or with \
                 Process::process_apart"
            ),
            Self::InvalidName { name } => write!(
                f,
                "an actor would be named `{name}`: leave out the slash, and number a name \
                 with SpawnOptions::numbered"
            ),
            Self::AlreadyBusy => {
                write!(f, "the handler already holds, rests or waits: one per message")
            }
            Self::TimeOverflow => {
                write!(f, "virtual time would pass its end, {}", VirtualTime::MAX)
            }
            Self::InThePast { time } => {
                write!(f, "something was to happen at {time}, which has passed")
            }
            Self::WaitsForItself => write!(
                f,
                "it would wait for itself, for ever: use Context::request, which does not wait"
            ),
            Self::NobodyAsked => {
                write!(f, "ask_first got an empty list: ask one actor or more")
            }
            Self::FollowsSchedule { resource } => write!(
                f,
                "the capacity of {resource} follows a schedule: give it an exception there, or make \
                 the resource with Resource::new"
            ),
            Self::NeverEnough { resource, asked, capacity } => write!(
                f,
                "{asked} are asked of {resource}, which has {capacity} at most: ask for less, or \
                 make it larger"
            ),
            Self::LineFull { resource } => write!(
                f,
                "the line of {resource} is full: claim with Resource::try_acquire, which returns that"
            ),
            Self::ClaimedTwice { resource } => {
                write!(f, "{resource} is claimed twice at once: claim it once, with Claim::amount")
            }
            Self::EmptyResource { name } => {
                write!(f, "{name} would have no room for anything: give it a capacity of 1 or more")
            }
            Self::UnheardLoss => write!(
                f,
                "an actor's claim yields, but the actor would not be told when it loses the units: \
                 use Resource::claim_yielding"
            ),
            Self::TooManyClasses => write!(f, "more than 65,535 types of actor were spawned"),
            Self::EmptyRestartSpan { name } => write!(
                f,
                "the restart limit of {name} has a span of zero, so it limits nothing: give \
                 Restart::at_most a longer span, or leave it out"
            ),
            Self::CheckpointType { path, saved, wanted } => write!(
                f,
                "the checkpoint of {path} is a {saved}, and its factory takes a {wanted}: \
                 save and restore one type"
            ),
            Self::TieChoice { event, candidate, candidates: 0 } => write!(
                f,
                "the choice {event}={candidate} cannot be made: there was no choice at event \
                 {event}; choices belong to one seed, one model, one set of options"
            ),
            Self::TieChoice { event, candidate, candidates } => write!(
                f,
                "the choice {event}={candidate} cannot be made: {candidates} could come next, \
                 numbered from 0; choices belong to one seed, one model, one set of options"
            ),
            Self::NotRepeated => write!(
                f,
                "a repeated run gave a different result: it must depend only on its seed and its \
                 tie policy"
            ),
            Self::NotAwaited { place } => write!(
                f,
                "what was begun at {place} was not awaited before the process waited for \
                 something else, or ended: write `.await` there; several that are begun \
                 together go into `all`, and what is awaited later into `later`, both of \
                 `flagfall::process`"
            ),
            Self::Stuck { why } => write!(f, "the run got stuck: {why}"),
            Self::ForeignReference => {
                write!(
                    f,
                    "something of another simulation was used (a reference, reply, process, \
                     signal or resource): each belongs to the one that made it"
                )
            }
            Self::ForeignHandle { process, place } => write!(
                f,
                "the handle of process {process} was used at {place} by another: a process uses \
                 the handle that its own closure was given, an actor its context"
            ),
            Self::ForeignWait { process, place } => write!(
                f,
                "what process {process} began at {place} was awaited by another: a process awaits \
                 what was begun with its own handle"
            ),
            Self::NothingAwaited => write!(
                f,
                "it awaits something that nobody will wake: a future that is not the \
                 simulation's, such as a socket, a channel or std::future::pending, or any() of \
                 nothing; a process awaits what its handle makes"
            ),
        }
    }
}

impl Limit {
    /// What may have gone wrong, and what can be done.
    fn remedy(self) -> &'static str {
        match self {
            Self::EventsPerInstant => ": do messages without latency go round in a circle?",
            Self::LiveActors => {
                ": does something spawn without end? If not, raise Limits::live_actors \
                 (--max-actors)"
            }
            Self::Owners => {
                ": does each one spawn the next, without end? If not, raise Limits::owners \
                 (--max-owners)"
            }
            Self::RememberedNames => {
                ": use names again, or number them in order, as in (\"customer\", 7), or raise \
                 Limits::remembered_names (--max-names)"
            }
            Self::Events | Self::PendingEvents | Self::MailboxLength | Self::EndTime => "",
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Events => "events",
            Self::EventsPerInstant => "events at one instant",
            Self::LiveActors => "live actors",
            Self::Owners => "owners above one actor",
            Self::RememberedNames => "remembered names",
            Self::PendingEvents => "pending events",
            Self::MailboxLength => "messages in one mailbox",
            Self::EndTime => "nanoseconds",
        })
    }
}
