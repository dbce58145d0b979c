//! Collectors: statistics that the run owns, and whose results are the measures of its model.
//!
//! A collector is made by name, and by label if there are several of a name, in the start of a
//! model. What is made is a small handle that can be copied into actors and processes. A record
//! takes a few nanoseconds and is no event: digests and observers do not see it.
//!
//! | to collect | see | results, by default |
//! |---|---|---|
//! | how often something happens | [`Counter`] | `balked` |
//! | observations, such as waits | [`Tally`] | `wait_mean`, `wait_max`, `wait_count` |
//! | a number over virtual time, such as those in a room | [`Level`] | `room_mean`, `room_max` |
//! | shares of observations up to some limits | [`Histogram`] | `wait_up_to_20` for each edge |
//! | observations in their order, to find the end of the warm-up | [`Series`] | a series |
//!
//! A label follows the name: `("wait", "urgent")` has `wait_urgent_mean`. The results are in
//! [`Simulation::collected`](crate::Simulation::collected), in
//! [`Run::collected`](crate::model::Run::collected), and in the columns of studies. Which of them
//! there are is said by the constructors that are called `of`, with a list of [`Stat`].
//!
//! All begin anew at the [end of the warm-up](crate::Config::warm_up). They are copied with a
//! [fork](crate::Simulation::fork) and saved in snapshots; handles stay valid there.
//!
//! # Examples
//! Customers who wait for a till, and those who do not:
//! ```
//! use flagfall::collect::{Counter, Tally};
//! use flagfall::{Config, Resource, Simulation, Span};
//!
//! let mut simulation = Simulation::new(Config::new(42));
//! let wait = Tally::new(&mut simulation, "wait", "min");
//! let balked = Counter::new(&mut simulation, "balked");
//! let till = Resource::new(&mut simulation, "till", 1);
//! for number in 0..4 {
//!     simulation.process(("customer", number), async move |p| {
//!         if till.waiting(&p) >= 2 {
//!             return balked.add(&p, 1);
//!         }
//!         let since = p.now();
//!         let _till = till.acquire(&p).await;
//!         wait.record(&p, p.now() - since);
//!         p.sleep(Span::from_mins(3)).await;
//!     });
//! }
//! simulation.run()?;
//! assert_eq!(
//!     simulation.collected().to_string(),
//!     "wait_mean 3 min, wait_max 6 min, wait_count 3, balked 1",
//! );
//! # Ok::<(), flagfall::SimulationError>(())
//! ```

mod collectors;
mod handle;
mod record;

pub use crate::gauge::{Bin, Name, Observation, Stat};
pub use collectors::{Counter, Histogram, Level, Series, Tally};
