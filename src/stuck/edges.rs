//! The waits of a run, as edges of a graph.

use crate::actor::ActorId;
use crate::features::{Features, Kernel};
use crate::kernel::Class;
use crate::process::Reason;
use crate::store::Op;
use crate::time::VirtualTime;
use rustc_hash::FxHashMap;
use std::cell::LazyCell;
use std::collections::BTreeSet;
use std::rc::Rc;

/// What is waited for, by identifiers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Answer(ActorId),
    Resource(ActorId),
    Item(ActorId),
    End(ActorId),
    Message,
    Interrupt,
    Signal,
    Condition(u64),
    Loss,
    Use(ActorId),
    Slot,
    Nothing,
}

/// A wait, and the actors that could end it.
pub(crate) struct Edge {
    pub(crate) who: ActorId,
    pub(crate) since: VirtualTime,
    pub(crate) what: What,
    pub(crate) whom: Rc<[ActorId]>,
    /// Whether it is a wait for something definite that can no longer come.
    pub(crate) is_hopeless: bool,
}

/// All waits, in the order of the lists that contain them.
pub(crate) fn edges(kernel: &Kernel, classes: &[Box<dyn Class<Features>>]) -> Vec<Edge> {
    let mut edges = Vec::new();
    // Made for the first wait: most runs end without any.
    let nobody: LazyCell<Rc<[ActorId]>> = LazyCell::new(|| Rc::new([]));
    let enter = |edges: &mut Vec<Edge>, who: ActorId, since, what, whom| {
        let is_hopeless = match what {
            What::Message | What::Interrupt | What::Item(_) | What::Use(_) => false,
            _ => !kernel.features.background.contains(&who),
        };
        edges.push(Edge { who, since, what, whom, is_hopeless });
    };
    for (who, from, since, kind) in kernel.open_requests_of_living() {
        // An actor that goes on meanwhile, or has had another answer, does not wait.
        let waits = match kind {
            Op::ANSWER => classes[who.class() as usize].is_waiting(who),
            kind => kind == Op::WAKE,
        };
        if waits {
            enter(&mut edges, who, since, What::Answer(from), Rc::new([from]));
        }
    }
    // Only living claimants count: an item may wait for room after its actor has died.
    let claims = kernel.waiting_claims().into_iter();
    for (who, resource, since, whom) in claims.filter(|one| kernel.entities.is_alive(one.0)) {
        match whom {
            Some(whom) => enter(&mut edges, who, since, What::Resource(resource), whom),
            None => enter(&mut edges, who, since, What::Item(resource), Rc::clone(&nobody)),
        }
    }
    for (who, _, since) in &kernel.features.cpu.waiting {
        enter(&mut edges, *who, *since, What::Slot, Rc::clone(&nobody));
    }
    let mut sleepers: Vec<(ActorId, VirtualTime)> = Vec::new();
    for (who, reason, since) in classes.iter().flat_map(|class| class.reasons()) {
        match reason {
            Reason::Known => sleepers.push((who, since)),
            Reason::End(of) => enter(&mut edges, who, since, What::End(of), Rc::new([of])),
            Reason::Signal => enter(&mut edges, who, since, What::Signal, Rc::clone(&nobody)),
            Reason::Condition(number) => {
                enter(&mut edges, who, since, What::Condition(number), Rc::clone(&nobody));
            }
            Reason::Loss => enter(&mut edges, who, since, What::Loss, Rc::clone(&nobody)),
            Reason::Use(of) => enter(&mut edges, who, since, What::Use(of), Rc::clone(&nobody)),
            Reason::Message => enter(&mut edges, who, since, What::Message, Rc::clone(&nobody)),
            Reason::Interrupt => enter(&mut edges, who, since, What::Interrupt, Rc::clone(&nobody)),
        }
    }
    if edges.is_empty() && sleepers.is_empty() {
        return edges;
    }
    // `Known` waits are on the lists above, except sleeps, which never end now. A timeout that
    // never comes is beside the wait that it limits, so that one counts.
    let others: BTreeSet<ActorId> = edges.iter().map(|edge| edge.who).collect();
    sleepers.retain(|(who, _)| !others.contains(who));
    sleepers.dedup_by_key(|(who, _)| *who);
    for (who, since) in sleepers {
        enter(&mut edges, who, since, What::Nothing, Rc::clone(&nobody));
    }
    let is_work = |edge: &&Edge| matches!(edge.what, What::Message | What::Item(_));
    let servers: BTreeSet<ActorId> = edges.iter().filter(is_work).map(|e| e.who).collect();
    for edge in &mut edges {
        // Such a wait would only tell the process to stop.
        let stops = matches!(edge.what, What::End(_) | What::Signal | What::Condition(_));
        edge.is_hopeless &= !(stops && servers.contains(&edge.who));
    }
    edges
}

/// The indices of edges that form a circle, in its order; empty if there is none. An actor that
/// waits for no other is in no circle.
pub(crate) fn circle(edges: &[Edge]) -> Vec<usize> {
    let mut of: FxHashMap<ActorId, Vec<usize>> = FxHashMap::default();
    for (place, edge) in edges.iter().enumerate() {
        of.entry(edge.who).or_default().push(place);
    }
    let next = |edge: &Edge| -> Vec<usize> {
        edge.whom.iter().filter_map(|id| of.get(id)).flatten().copied().collect()
    };
    // A depth-first search without recursion, because chains may be long. It begins at hopeless
    // waits: a circle of background waits alone is not a reason.
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
