//! Why nothing goes on although somebody waits.

mod text;

use super::pool::EventKind;
use super::process::Reason;
use super::{ErrorKind, Outcome, Simulation, SimulationError};
use crate::actor::ActorId;
use crate::time::VirtualTime;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::rc::Rc;

/// What somebody waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WaitFor {
    /// The answer to a request.
    Answer {
        /// Path of the actor that was asked.
        from: String,
    },
    /// Units of a resource, an amount of a container, or room in a container or store.
    Resource {
        /// Its path.
        resource: String,
        /// Paths of those who claimed the units that are held. A unit that was
        /// handed on is named by who claimed it, who may have ended.
        held_by: Vec<String>,
    },
    /// An item of a store; a server without work waits so.
    Item {
        /// The path of the store.
        store: String,
    },
    /// The end of a process.
    End {
        /// Its path.
        of: String,
    },
    /// Any message; a server without work waits so, too.
    Message,
    /// An interrupt, beside something else.
    Interrupt,
    /// A [`Signal`](crate::process::Signal) that nobody has fired.
    Signal,
    /// The loss of what it holds of a resource
    /// ([`Held::preempted`](crate::resource::Held::preempted)).
    Loss,
    /// A CPU slot, to begin as a task.
    Slot,
    /// Nothing: a sleep past the end of virtual time, and nothing else.
    Nothing,
}

/// Somebody who waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waits {
    /// Path of the actor or process.
    pub who: String,
    /// Since when it waits.
    pub since: VirtualTime,
    /// For what.
    pub what: WaitFor,
}

/// Why a run is stuck; see [`Simulation::stuck`]. Prints as a text of one
/// line for each who waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stuck {
    /// Those who wait for each other in a circle: each for the next, the last
    /// for the first, from the first path in the alphabet on. Empty if there is no circle.
    pub circle: Vec<Waits>,
    /// All others who wait: first those for something that nobody will do,
    /// then those whose wait may last for ever; who has waited longest first, of equal
    /// ones by their paths.
    pub others: Vec<Waits>,
}

/// What somebody waits for, by identifiers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Answer(ActorId),
    Resource(ActorId),
    Item(ActorId),
    End(ActorId),
    Message,
    Interrupt,
    Signal,
    Loss,
    Slot,
    Nothing,
}

/// Who waits for what, and for whom to do something about it.
struct Edge {
    who: ActorId,
    since: VirtualTime,
    what: What,
    whom: Rc<[ActorId]>,
    /// Whether it can no longer come, and should have.
    is_hopeless: bool,
}

impl Simulation {
    /// Why the run is stuck: who waits, since when and for what, with the circle of
    /// those who wait for each other if there is one. `None` while something is
    /// scheduled, if an actor has ended the run, and if nobody waits for what can no
    /// longer come: there is a reason exactly if the outcome is
    /// [`Stuck`](crate::Outcome::Stuck).
    ///
    /// **Where the line is.** When nothing is scheduled any more, nothing will ever
    /// come. Whoever asked for something definite then waits in vain, and what the run
    /// measures is not what the model meant: the answer to a request that an actor or
    /// process is blocked on, a CPU slot to begin with, units of a resource, an amount of a container, room in a
    /// container or store, the end of a process, a signal, the end of a sleep past the end
    /// of virtual time. Whoever waits for the next
    /// message or for an item of a store is a server out of work, which is how most runs
    /// end: no error. So is one that waits for a message or an item and, at the same time,
    /// for a signal or an end that would tell it to stop. An interrupt is waited for
    /// beside something else, which counts. An actor between two messages does not wait,
    /// nor does one whose request goes on beside its work
    /// ([`Context::request`](crate::Context::request)). Those who wait in the background
    /// ([`Process::background`](crate::Process::background)) never make a run stuck;
    /// others who wait for what those hold do.
    ///
    /// Cost: O(waits + processes); a run computes as much once, when it falls idle.
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

    /// Why the run is [`stuck`](Self::stuck), as one line of no more than about a
    /// thousand characters, however many wait: the circle or else those who wait in vain,
    /// of many the first few, and how many more there are. It is what the command prints and what
    /// the row of a replication says that got stuck.
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
        /// So many who wait, and so many characters for each.
        const MOST: usize = 8;
        const LONGEST: usize = 120;
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

    /// That the run is stuck, if it is, as an error for whoever wants its results.
    pub(crate) fn stuck_error(&self) -> Option<SimulationError> {
        let why = self.stuck_in_brief()?;
        let mut error = self.core.borrow().error(ErrorKind::Stuck { why });
        error.time = self.last_event();
        Some(error)
    }

    /// The value, unless the run is [stuck](Self::stuck).
    ///
    /// # Errors
    /// [`ErrorKind::Stuck`] if it is: what it came to may be a wrong number.
    pub fn unless_stuck<T>(&self, value: T) -> Result<T, SimulationError> {
        self.stuck_error().map_or(Ok(value), Err)
    }

    /// Why the run is stuck, by so many who wait, and how many more there are.
    fn first_stuck(&self, most: usize) -> Option<(Stuck, usize)> {
        let mut core = self.core.borrow_mut();
        if self.failed.is_some() || core.ended || !core.is_over() {
            return None;
        }
        drop(core);
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
        // The same text whatever the order of an instant was.
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

    /// What a run comes to in which nothing is scheduled any more.
    #[cold]
    pub(super) fn fallen_idle(&self) -> Outcome {
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
            What::Loss => WaitFor::Loss,
            What::Slot => WaitFor::Slot,
            What::Nothing => WaitFor::Nothing,
        };
        Waits { who: path(edge.who), since: edge.since, what }
    }

    fn edges(&self) -> Vec<Edge> {
        let core = self.core.borrow();
        let mut edges = Vec::new();
        let nobody: Rc<[ActorId]> = Rc::new([]);
        let mut enter = |who: ActorId, since, what, whom| {
            let is_hopeless = match what {
                What::Message | What::Interrupt | What::Item(_) => false,
                _ => !core.background.contains(&who),
            };
            edges.push(Edge { who, since, what, whom, is_hopeless });
        };
        for (who, from, since, kind) in core.open_requests_of_living() {
            // Who goes on meanwhile, or has had another answer, does not wait.
            let waits = match kind {
                EventKind::Answer => self.classes[who.class() as usize].is_waiting(who),
                kind => kind == EventKind::Wake,
            };
            if waits {
                enter(who, since, What::Answer(from), Rc::new([from]));
            }
        }
        // An item waits for room also when the actor that has put it down is no more.
        let claims = core.waiting_claims().into_iter();
        for (who, resource, since, whom) in claims.filter(|one| core.directory.is_alive(one.0)) {
            match whom {
                Some(whom) => enter(who, since, What::Resource(resource), whom),
                None => enter(who, since, What::Item(resource), Rc::clone(&nobody)),
            }
        }
        for (who, _, since) in &core.cpu.waiting {
            enter(*who, *since, What::Slot, Rc::clone(&nobody));
        }
        let mut sleepers: Vec<(ActorId, VirtualTime)> = Vec::new();
        for (who, reason, since) in self.classes.iter().flat_map(|class| class.reasons()) {
            match reason {
                Reason::Known => sleepers.push((who, since)),
                Reason::End(of) => enter(who, since, What::End(of), Rc::new([of])),
                Reason::Signal => enter(who, since, What::Signal, Rc::clone(&nobody)),
                Reason::Loss => enter(who, since, What::Loss, Rc::clone(&nobody)),
                Reason::Message => enter(who, since, What::Message, Rc::clone(&nobody)),
                Reason::Interrupt => enter(who, since, What::Interrupt, Rc::clone(&nobody)),
            }
        }
        // What is known is on the lists above, but for a sleep: nothing is due any more, so
        // it never ends. A timeout that never comes stands beside what it is for.
        let others: BTreeSet<ActorId> = edges.iter().map(|edge| edge.who).collect();
        sleepers.retain(|(who, _)| !others.contains(who));
        sleepers.dedup_by_key(|(who, _)| *who);
        let sleeper = |(who, since)| Edge {
            who,
            since,
            what: What::Nothing,
            whom: Rc::new([]),
            is_hopeless: !core.background.contains(&who),
        };
        edges.extend(sleepers.into_iter().map(sleeper));
        let is_work = |edge: &&Edge| matches!(edge.what, What::Message | What::Item(_));
        let servers: BTreeSet<ActorId> = edges.iter().filter(is_work).map(|e| e.who).collect();
        for edge in &mut edges {
            // Told to stop: an end of the work, and not what it waits for.
            let stops = matches!(edge.what, What::End(_) | What::Signal);
            edge.is_hopeless &= !(stops && servers.contains(&edge.who));
        }
        edges
    }
}

/// The places of edges that form a circle, in its order; empty if none do.
/// Whoever is waited for and waits for nobody leads nowhere.
fn circle(edges: &[Edge]) -> Vec<usize> {
    let mut of: FxHashMap<ActorId, Vec<usize>> = FxHashMap::default();
    for (place, edge) in edges.iter().enumerate() {
        of.entry(edge.who).or_default().push(place);
    }
    let next = |edge: &Edge| -> Vec<usize> {
        edge.whom.iter().filter_map(|id| of.get(id)).flatten().copied().collect()
    };
    // A depth-first search without recursion: chains may be long. It begins where
    // somebody waits in vain: who waits in the background alone is no reason.
    let mut finished = vec![false; edges.len()];
    let mut depth = vec![None; edges.len()];
    for start in (0..edges.len()).filter(|start| edges[*start].is_hopeless) {
        let mut line: Vec<(usize, Vec<usize>)> = Vec::new();
        if !finished[start] {
            depth[start] = Some(0);
            line.push((start, next(&edges[start])));
        }
        while let Some((place, successors)) = line.last_mut() {
            let Some(successor) = successors.pop() else {
                (finished[*place], depth[*place]) = (true, None);
                line.pop();
                continue;
            };
            if let Some(first) = depth[successor] {
                return line[first..].iter().map(|(place, _)| *place).collect();
            }
            if !finished[successor] {
                depth[successor] = Some(line.len());
                line.push((successor, next(&edges[successor])));
            }
        }
    }
    Vec::new()
}
