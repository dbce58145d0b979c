//! Why nothing goes on although somebody waits.

use super::Simulation;
use super::pool::EventKind;
use super::process::Reason;
use crate::actor::ActorId;
use crate::time::VirtualTime;
use rustc_hash::FxHashMap;
use std::fmt;

/// What somebody waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WaitFor {
    /// The answer to a request.
    Answer {
        /// Path of the actor that was asked.
        from: String,
    },
    /// Units of a resource, or a transfer of a container or store.
    Resource {
        /// Its path.
        resource: String,
        /// Paths of those who hold units of it.
        held_by: Vec<String>,
    },
    /// The end of a process.
    End {
        /// Its path.
        of: String,
    },
    /// Any message; a server without work waits so, too.
    Message,
    /// A [`Signal`](crate::process::Signal) that nobody has fired.
    Signal,
    /// The loss of what it holds of a resource
    /// ([`Held::preempted`](crate::resource::Held::preempted)).
    Loss,
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

/// Why an idle run is stuck; see [`Simulation::stuck`]. Prints as a text of one
/// line for each who waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stuck {
    /// Those who wait for each other in a circle: each for the next, the last
    /// for the first. Empty if there is no circle.
    pub circle: Vec<Waits>,
    /// All others who wait: first those for something that nobody will do,
    /// then those who wait for messages.
    pub others: Vec<Waits>,
}

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
            WaitFor::End { of } => write!(f, "the end of {of}"),
            WaitFor::Message => f.write_str("a message"),
            WaitFor::Signal => f.write_str("a signal"),
            WaitFor::Loss => f.write_str("the loss of what it holds"),
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

/// Who waits for what, and for whom to do something about it.
struct Edge {
    who: ActorId,
    since: VirtualTime,
    what: WaitFor,
    whom: Vec<ActorId>,
}

impl Simulation {
    /// Why nothing goes on: who waits, since when and for what, with the
    /// circle of those who wait for each other if there is one. `None` while
    /// something is scheduled, and if nobody waits.
    ///
    /// An actor between two messages does not wait; a process in
    /// [`receive`](crate::Process::receive) does. Cost: O(waits), to be called
    /// once a run is [`Idle`](crate::Outcome::Idle).
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Config, Outcome, Process, Resource, Simulation, Span};
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let fork = Resource::new(&mut simulation, "fork", 1);
    /// let knife = Resource::new(&mut simulation, "knife", 1);
    /// for (name, first, second) in [("anna", fork, knife), ("bert", knife, fork)] {
    ///     simulation.process(name, move |p: Process| async move {
    ///         let _first = first.acquire(&p).await;
    ///         p.sleep(Span::from_secs(1)).await;
    ///         let _second = second.acquire(&p).await;
    ///     });
    /// }
    /// assert_eq!(simulation.run()?, Outcome::Idle);
    /// assert_eq!(
    ///     simulation.stuck().expect("a deadlock").to_string(),
    ///     "in a circle: bert has waited since 1s for fork, held by anna; \
    ///      anna has waited since 1s for knife, held by bert",
    /// );
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    #[must_use]
    pub fn stuck(&self) -> Option<Stuck> {
        if self.pending_events() > 0 {
            return None;
        }
        let edges = self.edges();
        if edges.is_empty() {
            return None;
        }
        let circle = circle(&edges);
        let path = |id: ActorId| self.path(id);
        let waits =
            |edge: &Edge| Waits { who: path(edge.who), since: edge.since, what: edge.what.clone() };
        let (mut others, mut idle) = (Vec::new(), Vec::new());
        for (place, edge) in edges.iter().enumerate() {
            if circle.contains(&place) {
                continue;
            }
            let list = if edge.what == WaitFor::Message { &mut idle } else { &mut others };
            list.push(waits(edge));
        }
        others.append(&mut idle);
        Some(Stuck { circle: circle.iter().map(|place| waits(&edges[*place])).collect(), others })
    }

    fn edges(&self) -> Vec<Edge> {
        let core = self.core.borrow();
        let path = |id: ActorId| core.directory.path(id).to_string();
        let mut edges = Vec::new();
        for (who, from, since, kind) in core.open_requests_of_living() {
            // Who goes on meanwhile, or has had another answer, does not wait.
            let waits = match kind {
                EventKind::Answer => self.classes[who.class() as usize].is_waiting(who),
                kind => kind == EventKind::Wake,
            };
            if !waits {
                continue;
            }
            let what = WaitFor::Answer { from: path(from) };
            edges.push(Edge { who, since, what, whom: vec![from] });
        }
        for (who, resource, since, whom) in core.waiting_claims() {
            let held_by = whom.iter().map(|id| path(*id)).collect();
            let what = WaitFor::Resource { resource: path(resource), held_by };
            edges.push(Edge { who, since, what, whom });
        }
        for (who, reason, since) in self.classes.iter().flat_map(|class| class.reasons()) {
            let (what, whom) = match reason {
                Reason::Known => continue,
                Reason::End(of) => (WaitFor::End { of: path(of) }, vec![of]),
                Reason::Signal => (WaitFor::Signal, Vec::new()),
                Reason::Loss => (WaitFor::Loss, Vec::new()),
                Reason::Message => (WaitFor::Message, Vec::new()),
            };
            edges.push(Edge { who, since, what, whom });
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
    // A depth-first search without recursion: chains may be long.
    let mut finished = vec![false; edges.len()];
    let mut depth = vec![None; edges.len()];
    for start in 0..edges.len() {
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
