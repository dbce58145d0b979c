//! Supervision: restarts of actors that fail, and notices of deaths.
//!
//! # How to
//!
//! **Restart an actor.** Spawn it with a factory in place of a state, and with a
//! [`Restart`] policy that says when it is restarted and how often. The factory makes
//! the state of each life:
//!
//! ```
//! use flagfall::{Actor, Config, Context, Message, Restart, Simulation, Span};
//!
//! #[derive(Debug, Message)]
//! enum Job { Easy, Hard }
//!
//! #[derive(Default)]
//! struct Worker { done: u32 }
//! impl Actor for Worker {
//!     type Message = Job;
//!     fn handle(&mut self, job: Job, context: &mut Context<'_, Job>) {
//!         match job {
//!             Job::Easy => self.done += 1,
//!             Job::Hard => context.fail("too hard"),
//!         }
//!     }
//! }
//!
//! let policy = Restart::on_failure().at_most(3, Span::from_secs(60));
//! let mut simulation = Simulation::new(Config::new(42));
//! let worker = simulation.spawn_supervised("worker", policy, Worker::default);
//! for job in [Job::Easy, Job::Easy, Job::Hard] {
//!     simulation.send(&worker, job);
//! }
//! simulation.run()?;
//! simulation.send(&worker, Job::Easy); // the same reference
//! simulation.run()?;
//! assert_eq!(simulation[&worker].done, 1);
//! assert_eq!(simulation.restarts(worker.id()), Some(1));
//! # Ok::<(), flagfall::SimulationError>(())
//! ```
//!
//! A `panic!` is not such a failure: it is a bug in the model, and ends the run. With
//! [`Restart::also_on_panic`] it is one.
//!
//! **Make a restart take time.** [`SpawnOptions::startup`](crate::SpawnOptions::startup)
//! applies to each life. Messages that arrive during the start-up wait.
//!
//! **Keep state.** The actor saves it with [`Context::checkpoint`].
//! [`Context::spawn_restored`] gives the last checkpoint to the factory.
//!
//! **Give a new life its first work.** [`Actor::started`](crate::Actor::started) is the
//! message that each life handles first. All other messages come from others: an owner that
//! [watches](Context::watch) its children is told of each death and whether the child is
//! [restarted](DeathNotice::restarted). Then it can send work to it.
//!
//! **Give up.** If an actor dies more often than [`Restart::at_most`] allows, it stays
//! dead and its owner dies of [`DeathCause::Escalated`](crate::DeathCause). A supervised
//! owner may be restarted, without its children; and so on up the tree.
//! With [`Restart::or_stay_dead`] the owner lives on.
//!
//! **Restart children together.** With [`Restart::together`] all such children of an
//! owner are restarted when one of them is restarted.
//!
//! **End a supervised actor for good** with [`Context::dismiss`].
//!
//! **See what was lost**: [`Config::keep_undeliverable`](crate::Config) and
//! [`Simulation::undeliverable`].
//!
//! # What a restart keeps and what it loses
//!
//! The actor keeps its reference, its name and its watchers. On Ray, too, a restarted
//! actor is a new process with the same handle.
//!
//! | what | at a restart |
//! |---|---|
//! | the state; a hold and its continuation | lost |
//! | messages in the mailbox | undeliverable |
//! | requests to it, also those under way | failed at once with a [`RequestError`](crate::RequestError); those under way are undeliverable on arrival, so that no failed request is served |
//! | other messages under way, from others or sent to itself with [`Context::send`] | arrive; wait while it starts up |
//! | its timers, the messages it [scheduled](Context::schedule), answers to its requests, notices for its watches | undeliverable when they arrive, or never made |
//! | its children | die when the notice arrives, after the link's latency; their names are free at once |
//! | its random streams, and those of children that it spawns | new: it is the next incarnation of its path |
//! | its units of [resources](crate::resource), its places in their queues | given back, left |
//! | its places in [groups](crate::Group) | kept |
//! | crashes of a [fault plan](crate::FaultPlan) | planned again |
//! | its checkpoint | kept, also for a later actor of the same path |
//!
//! Observers see two records: [`Died`](crate::RecordKind::Died), then, after the
//! messages that were lost, [`Restarted`](crate::RecordKind::Restarted).
//!
//! # Cost
//!
//! Supervision and watches cost nothing for other actors, and nothing per message. A restart costs
//! O(messages under way to actors of its type + open requests + descendants).

mod context;
mod find;
mod supervised;
mod watch;
pub(crate) use supervised::{Fresh, Restored};
pub(crate) use watch::Wrap;

pub use crate::actor::DeathNotice;
pub use crate::features::Restart;
pub use crate::record::Undeliverable;
pub use find::FindError;
pub use watch::Watch;

#[cfg(doc)]
use crate::handler::Context;
#[cfg(doc)]
use crate::simulation::Simulation;
