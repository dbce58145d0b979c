//! Why a run is stuck: nothing is scheduled and something waits.

use crate::actor::ActorId;
use crate::error::{ErrorKind, SimulationError};
use crate::outcome::Outcome;
use crate::simulation::handle::Simulation;
use crate::stuck::{Edge, Stuck, WaitFor, Waits, What, circle, edges};

impl Simulation {
    /// Why the run is stuck: who waits, since when and for what. If they wait for each other in a
    /// circle, the circle comes first. `None` while something is scheduled, if an actor has ended
    /// the run, and if no wait is in vain. There is a reason exactly if the outcome is
    /// [`Stuck`](crate::Outcome::Stuck).
    ///
    /// **Which waits count.** When nothing is scheduled any more, nothing will ever come. A wait
    /// for something definite is then in vain, and the results of the run are not what the model
    /// meant. Such waits are for an answer that an actor or process is blocked on, a first CPU
    /// slot, units of a resource, an amount of a container, or room in a container or store. So are
    /// waits for the end of a process, a signal, a condition, or a sleep past the end of virtual time.
    ///
    /// A wait for the next message or for an item of a store is not in vain: a server without work
    /// is how most runs end. The same holds if it also waits for a signal or an end that would tell
    /// it to stop. A process awaits an interrupt together with other work, and that work counts. An
    /// actor between two messages does not wait, also if it has made a request and goes on working
    /// ([`Context::request`](crate::Context::request)). Waits in the background
    /// ([`Process::background`](crate::Process::background)) never make a run stuck, but other
    /// waits for what those processes hold do.
    ///
    /// Cost: O(waits + processes). A run computes it once, when it falls idle.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Config, Outcome, Resource, Simulation, Span};
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let fork = Resource::new(&mut simulation, "fork", 1);
    /// let knife = Resource::new(&mut simulation, "knife", 1);
    /// for (name, first, second) in [("anna", fork, knife), ("bert", knife, fork)] {
    ///     simulation.process(name, async move |p| {
    ///         let _first = first.acquire(&p).await;
    ///         p.sleep(Span::from_secs(1)).await;
    ///         let _second = second.acquire(&p).await;
    ///     });
    /// }
    /// assert_eq!(simulation.run()?, Outcome::Stuck { since: "1s".parse()? });
    /// assert_eq!(
    ///     simulation.stuck().expect("a deadlock").to_string(),
    ///     "in a circle: anna has waited since 1s for knife, held by bert; \
    ///      bert has waited since 1s for fork, held by anna",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn stuck(&self) -> Option<Stuck> {
        self.first_stuck(usize::MAX).map(|(stuck, _)| stuck)
    }

    /// Why the run is [`stuck`](Self::stuck), as one line of at most about a thousand characters,
    /// however many wait. It names the circle or else the waits in vain: the first few, and how
    /// many more there are. The command prints it, and the row of a stuck replication contains it.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Config, Container, Simulation};
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let tank = Container::new(&mut simulation, "tank", 100, 0);
    /// for number in 0..1_000 {
    ///     simulation.process(("car", number), async move |p| {
    ///         tank.get(&p, 40).await;
    ///     });
    /// }
    /// simulation.run()?;
    /// let text = simulation.stuck_in_brief().expect("nobody fills the tank");
    /// assert!(text.starts_with("car[0] has waited since 0s for tank, which nobody holds; "));
    /// assert!(text.ends_with("; and 992 more wait"));
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    #[must_use]
    pub fn stuck_in_brief(&self) -> Option<String> {
        /// At most this many waits, and this many characters for each.
        const MOST: usize = 8;
        const LONGEST: usize = 120;
        if let Some(why) = self.told_stuck() {
            return Some(why);
        }
        let (stuck, more) = self.first_stuck(MOST)?;
        let text = |waits: &Waits| {
            let text = waits.to_string();
            match text.char_indices().nth(LONGEST) {
                Some((end, _)) => format!("{}...", &text[..end]),
                None => text,
            }
        };
        let mut parts: Vec<String> = stuck.circle.iter().chain(&stuck.others).map(text).collect();
        if let Some(first) = parts.first_mut().filter(|_| !stuck.circle.is_empty()) {
            first.insert_str(0, "in a circle: ");
        }
        if more > 0 {
            parts.push(format!("and {more} more wait"));
        }
        Some(parts.join("; "))
    }

    /// Says that a run in which nothing is scheduled any more is stuck, for waits that the engine
    /// does not know: those of code that a model runs inside of its actors. `why` is one line, and
    /// has the place of [`stuck_in_brief`](Self::stuck_in_brief); the last one counts. It has no
    /// effect while something is scheduled, or if an actor has ended the run.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Config, Simulation};
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// simulation.run()?;
    /// simulation.stuck_by("the script waits at line 7");
    /// let error = simulation.unless_stuck(()).unwrap_err();
    /// assert!(error.to_string().starts_with("the run got stuck: the script waits at line 7 ("));
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    pub fn stuck_by(&self, why: impl Into<String>) {
        *self.told_stuck.borrow_mut() = Some(why.into());
    }

    /// What [`stuck_by`](Self::stuck_by) said, if nothing is scheduled any more.
    fn told_stuck(&self) -> Option<String> {
        let told = self.told_stuck.borrow();
        told.clone().filter(|_| self.has_run_dry())
    }

    /// Whether nothing is scheduled any more, and nobody has ended the run.
    fn has_run_dry(&self) -> bool {
        let mut kernel = self.engine.kernel.borrow_mut();
        self.engine.failed.is_none() && !kernel.ended && kernel.is_over()
    }

    /// An error that says that the run is stuck, if it is, for callers that want its results.
    pub(crate) fn stuck_error(&self) -> Option<SimulationError> {
        let why = self.stuck_in_brief()?;
        let mut error = self.engine.kernel.borrow().error(ErrorKind::Stuck { why });
        error.time = self.last_event();
        Some(error)
    }

    /// Returns `value`, unless the run is [stuck](Self::stuck).
    ///
    /// # Errors
    /// [`ErrorKind::Stuck`] if it is: its results may be wrong. [`ErrorKind::WarmUpNotOver`] if its
    /// [warm-up](crate::Config::warm_up) is not over: it has none.
    pub fn unless_stuck<T>(&self, value: T) -> Result<T, SimulationError> {
        self.stuck_error().or_else(|| self.warm_up_error()).map_or(Ok(value), Err)
    }

    /// Why the run is stuck: the first `most` waits, and how many more there are.
    fn first_stuck(&self, most: usize) -> Option<(Stuck, usize)> {
        if !self.has_run_dry() {
            return None;
        }
        let edges = self.edges();
        if !edges.iter().any(|edge| edge.is_hopeless) {
            return None;
        }
        let path = |edge: &Edge| self.path(edge.who);
        let mut circle = circle(&edges);
        let mut in_circle = vec![false; edges.len()];
        circle.iter().for_each(|place| in_circle[*place] = true);
        let others = edges.iter().zip(&in_circle).filter(|(_, inside)| !**inside);
        let mut others: Vec<&Edge> = others.map(|(edge, _)| edge).collect();
        // Sorted, so that the text does not depend on the order of events in an instant.
        others.sort_by_cached_key(|edge| (!edge.is_hopeless, edge.since, path(edge)));
        let first = (0..circle.len()).min_by_key(|at| path(&edges[circle[*at]]));
        circle.rotate_left(first.unwrap_or(0));
        let shown = circle.len().min(most);
        let stuck = Stuck {
            circle: circle[..shown].iter().map(|place| self.waits(&edges[*place])).collect(),
            others: others.iter().take(most - shown).map(|edge| self.waits(edge)).collect(),
        };
        Some((stuck, edges.len().saturating_sub(most)))
    }

    /// The outcome of a run in which nothing is scheduled any more.
    #[cold]
    pub(crate) fn fallen_idle(&self) -> Outcome {
        let since = self.last_event();
        let is_stuck = self.edges().iter().any(|edge| edge.is_hopeless);
        if is_stuck { Outcome::Stuck { since } } else { Outcome::Idle { since } }
    }

    fn waits(&self, edge: &Edge) -> Waits {
        let path = |id: ActorId| self.path(id);
        let what = match edge.what {
            What::Answer(from) => WaitFor::Answer { from: path(from) },
            What::Resource(resource) => {
                let held_by = edge.whom.iter().map(|id| path(*id)).collect();
                WaitFor::Resource { resource: path(resource), held_by }
            }
            What::Item(store) => WaitFor::Item { store: path(store) },
            What::End(of) => WaitFor::End { of: path(of) },
            What::Message => WaitFor::Message,
            What::Interrupt => WaitFor::Interrupt,
            What::Signal => WaitFor::Signal,
            What::Condition(number) => {
                let kernel = self.engine.kernel.borrow();
                let reads = kernel.features.conditions.reads(number);
                let mut reads: Vec<_> =
                    reads.map(|id| kernel.entities.path(id).to_string()).collect();
                reads.sort_unstable();
                WaitFor::Condition { reads }
            }
            What::Loss => WaitFor::Loss,
            What::Use(of) => WaitFor::Use { resource: path(of) },
            What::Slot => WaitFor::Slot,
            What::Nothing => WaitFor::Nothing,
        };
        Waits { who: path(edge.who), since: edge.since, what }
    }

    fn edges(&self) -> Vec<Edge> {
        edges(&self.engine.kernel.borrow(), &self.engine.classes)
    }
}
