//! Supervision: actors that fail and come back, and news of those that do not.
//!
//! # How to
//!
//! **Let an actor come back.** Spawn it with a factory in place of a state, and
//! a [`Restart`] policy that says when it is restarted and how often. The factory
//! makes each life's state:
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
//! A `panic!` is no failure in this sense: it is a mistake in the model, and
//! ends the run. With [`Restart::also_on_panic`] it is one.
//!
//! **Take time to come back.** [`SpawnOptions::startup`](crate::SpawnOptions::startup) holds
//! for each life: what arrives meanwhile waits.
//!
//! **Keep what must not be lost.** The actor saves it with
//! [`Context::checkpoint`]; [`Context::spawn_restored`] gives the last one to the
//! factory.
//!
//! **Get a new life going.** It has no messages but those that others send. An
//! owner that [watches](Context::watch) its children hears of each death and
//! whether the child is [restarted](DeathNotice::restarted), and can send it what
//! to begin with.
//!
//! **Give up.** When the bound of [`Restart::at_most`] is exceeded the actor stays
//! dead and its owner dies of [`DeathCause::Escalated`](crate::DeathCause). If the
//! owner is supervised, it may be restarted in turn, without its children; and so
//! on up the tree. [`Restart::or_stay_dead`] leaves the owner alone.
//!
//! **Restart children together.** With [`Restart::together`] those of one owner
//! are restarted when one of them is.
//!
//! **End a supervised actor for good** with [`Context::dismiss`].
//!
//! **See what was lost**: [`Config::keep_undeliverable`](crate::Config) and
//! [`Simulation::undeliverable`].
//!
//! # What a restart keeps and what it loses
//!
//! The actor keeps its reference, its name and its watchers. As on Ray, where a
//! restarted actor is a new process behind the same handle:
//!
//! | what | becomes |
//! |---|---|
//! | the state; a hold and its continuation | lost |
//! | messages in the mailbox | undeliverable |
//! | requests to it, also those under way | failed at once with a [`RequestError`](crate::RequestError); those under way are undeliverable on arrival, so that what was failed is never done as well |
//! | other messages under way, from others or sent to itself with [`Context::send`] | arrive; wait while it starts up |
//! | its timers, what it [scheduled](Context::schedule), answers to its requests, notices it watched for | undeliverable when they arrive, or never made |
//! | its children | die when the news arrives, after the link's latency; their names are free at once |
//! | its random streams, and those of children that it spawns | new ones: it is the next incarnation of its path |
//! | what it holds of [resources](crate::resource), its places in their lines | given back, left |
//! | its places in [groups](crate::Group) | kept |
//! | crashes that a [fault plan](crate::FaultPlan) has in store for it | planned anew |
//! | its checkpoint | kept, also for a later actor of the same path |
//!
//! Observers see two records: [`Died`](crate::RecordKind::Died), then, after the
//! messages that were lost, [`Restarted`](crate::RecordKind::Restarted).
//!
//! # Cost
//!
//! Actors that nobody supervises or watches pay nothing; a message to one that
//! somebody does costs the same as any other. A restart costs O(messages under
//! way to actors of its type + open requests + descendants).

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
