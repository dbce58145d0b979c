//! One run for each class of equivalent orders.

use super::instant::{InstantOrder, MOST_STEPS};
use super::orders::{Orders, of_instant};
use crate::tie::{Footprint, TieChoices, TieGuide, TieLog, TieStep};
use crate::time::VirtualTime;

/// A state of the run: its step, and what the search knows of the other candidates.
struct Node {
    step: TieStep,
    /// The source set: events that come next in some run, also that of `step`.
    wanted: Vec<u64>,
    /// The events that came next, with all that follows them explored, and what they
    /// touched.
    done: Vec<(u64, Footprint)>,
    /// The sleep set: events that lead to nothing new if they come next.
    asleep: Vec<(u64, Footprint)>,
}

/// The steps of one instant of the last run.
struct Span {
    end: usize,
    /// The product of the numbers of orders of all instants up to this one.
    orders: Orders,
}

/// What one run found.
pub(super) enum Found {
    /// A new class.
    Class { orders: Orders, choices: TieChoices },
    /// Nothing new: the run was given up.
    Redundant,
}

/// A depth-first search of the tree of all runs. It keeps one branch of the tree, and
/// starts each run from the beginning.
///
/// Source sets and sleep sets after P. A. Abdulla, S. Aronis, B. Jonsson and
/// K. Sagonas, "Optimal dynamic partial order reduction", POPL 2014, which
/// improves on C. Flanagan and P. Godefroid, "Dynamic partial-order reduction
/// for model checking software", POPL 2005. In addition, there is virtual time: only
/// events of one instant can change their order.
pub(super) struct Explorer {
    nodes: Vec<Node>,
    spans: Vec<Span>,
    /// The node at which the next run differs from the last one, and the event it picks.
    branch: Option<(usize, u64)>,
    /// An instant has too many steps: the search is not complete.
    pub(super) overfull: bool,
    /// The steps before this one are given: only what follows them is searched.
    root: usize,
}

impl Explorer {
    /// Searches all that follows the first `root` steps of the first run. They are whole
    /// instants. So nothing before them has a race with what follows, and sleep sets are empty
    /// after them: an event that sleeps is of the same instant.
    pub(super) fn below(root: usize) -> Self {
        Self { nodes: Vec::new(), spans: Vec::new(), branch: None, overfull: false, root }
    }

    /// The guide of the next run; `None` after the last run.
    pub(super) fn next_guide(&mut self) -> Option<TieGuide> {
        while let Some(node) = self.nodes[self.root..].last() {
            let is_new = |pick: &&u64| {
                let is_known = |known: &(u64, Footprint)| known.0 == **pick;
                **pick != node.step.sequence
                    && !node.done.iter().any(is_known)
                    && !node.asleep.iter().any(is_known)
            };
            let at = self.nodes.len() - 1;
            if let Some(pick) = node.wanted.iter().find(is_new).copied() {
                self.branch = Some((at, pick));
                return Some(self.guide(at, pick));
            }
            self.nodes.pop();
        }
        None
    }

    fn guide(&mut self, at: usize, pick: u64) -> TieGuide {
        let node = &mut self.nodes[at];
        // All that follows the last step from here is explored now.
        node.done.push((node.step.sequence, node.step.footprint.clone()));
        let asleep = node.asleep.iter().chain(&node.done).cloned().collect();
        let before = self.nodes[..at].iter().map(|node| node.step.sequence);
        TieGuide {
            picks: before.chain([pick]).collect(),
            asleep,
            note_from: at as u64,
            ..TieGuide::default()
        }
    }

    /// Adds the log of a run: of the first run, or of that with the last guide.
    pub(super) fn take(&mut self, log: TieLog) -> Found {
        let branch = self.branch.take().map(|(at, _)| at);
        let (ended, blocked) = (log.ended, log.blocked);
        self.append(branch.unwrap_or(0), log.steps);
        let from = branch.unwrap_or(self.root);
        while self.spans.last().is_some_and(|span| span.end > from) {
            self.spans.pop();
        }
        let mut start = self.spans.last().map_or(0, |span| span.end);
        while start < self.nodes.len() {
            let time = self.nodes[start].step.time;
            let rest = self.nodes[start..].iter();
            let end = start + rest.take_while(|node| node.step.time == time).count();
            self.look_at(start, end, from);
            start = end;
        }
        if ended {
            // Events that were left when the run ended could have come before its end.
            if let Some(last) = self.nodes[self.root..].last() {
                let (at, candidates) = (self.nodes.len() - 1, last.step.candidates.clone());
                for other in candidates {
                    self.want(at, &[other]);
                }
            }
        }
        if blocked {
            return Found::Redundant;
        }
        let orders = self.spans.last().map_or(Orders::ONE, |span| span.orders);
        let mut choices = TieChoices::new();
        self.nodes.iter().for_each(|node| choices.push(node.step.event, node.step.choice()));
        Found::Class { orders, choices }
    }

    /// The sequence numbers of all steps of the last run.
    pub(super) fn picks(&self) -> Vec<u64> {
        self.nodes.iter().map(|node| node.step.sequence).collect()
    }

    /// Leaves out all after the first instant that has several orders, and returns its time and
    /// an estimate of how many classes follow it: the product of the orders that are known to
    /// be needed at each later instant. `None` if there is no such instant.
    pub(super) fn cut(&mut self) -> Option<(VirtualTime, u64)> {
        let first = (self.root..self.nodes.len()).find(|at| self.nodes[*at].wanted.len() > 1)?;
        let place = self.spans.partition_point(|span| span.end <= first);
        let starts = self.spans[place..].iter().map(|span| span.end);
        let instants = starts.zip(self.spans[place + 1..].iter().map(|span| span.end));
        let wanted = |(start, end): (usize, usize)| {
            self.nodes[start..end].iter().map(|node| node.wanted.len() as u64 - 1).sum::<u64>()
        };
        let worth =
            instants.map(wanted).fold(1_u64, |worth, wanted| worth.saturating_mul(1 + wanted));
        self.nodes.truncate(self.spans[place].end);
        self.spans.truncate(place + 1);
        Some((self.nodes[first].step.time, worth))
    }

    /// Replaces the nodes from number `from` by those of new steps.
    fn append(&mut self, from: usize, steps: Vec<TieStep>) {
        let left = self.nodes.drain(from..).next();
        for (place, step) in steps.into_iter().enumerate() {
            let node = match (&left, place) {
                (Some(left), 0) => {
                    let (wanted, done, asleep) =
                        (left.wanted.clone(), left.done.clone(), left.asleep.clone());
                    Node { step, wanted, done, asleep }
                }
                _ => {
                    let asleep = self.nodes.last().map_or_else(Vec::new, |last| {
                        let known = last.asleep.iter().chain(&last.done);
                        let still =
                            |(_, asleep): &&(u64, Footprint)| !asleep.meets(&last.step.footprint);
                        known.filter(still).cloned().collect()
                    });
                    Node { wanted: vec![step.sequence], step, done: Vec::new(), asleep }
                }
            };
            self.nodes.push(node);
        }
    }

    /// Finds the races of one instant, except those already found in steps before `from`.
    fn look_at(&mut self, start: usize, end: usize, from: usize) {
        let before = self.spans.last().map_or(Orders::ONE, |span| span.orders);
        if end - start > MOST_STEPS {
            self.overfull = true;
            let orders = Orders { exact: false, ..before };
            return self.spans.push(Span { end, orders });
        }
        let steps: Vec<&TieStep> = self.nodes[start..end].iter().map(|node| &node.step).collect();
        let instant = InstantOrder::new(&steps, start as u64);
        let orders = before.times(of_instant(&instant));
        for race in instant.races.iter().filter(|race| start + race.second >= from) {
            let leading = instant.leading_to(race.second, race.first);
            if leading.is_empty() {
                let second = self.nodes[start + race.second].step.sequence;
                self.want_first(&instant, start, race.first, second);
            } else {
                self.want_initials(&instant, start, race.first, &leading);
            }
        }
        for at in start.max(from)..end {
            // A cancelled event could have come before its cancellation.
            for other in self.nodes[at].step.cancelled.clone() {
                self.want_first(&instant, start, at - start, other);
            }
        }
        self.spans.push(Span { end, orders });
    }

    /// Adds a run in which an event comes in place of the step `first` of an instant.
    ///
    /// If the event is asleep, other events may still have to come before it. Sleep sets
    /// assume that an event touches the same in every order, but after `first` it may have
    /// touched less: a message to a dead actor touches less.
    fn want_first(&mut self, instant: &InstantOrder, start: usize, first: usize, sequence: u64) {
        let node = &self.nodes[start + first];
        let asleep = node.asleep.iter().find(|known| known.0 == sequence);
        let Some((_, footprint)) = asleep.cloned() else {
            return self.want(start + first, &[sequence]);
        };
        for other in instant.not_after(first) {
            if self.nodes[start + other].step.footprint.meets(&footprint) {
                let mut leading = instant.leading_to(other, first);
                if leading.is_empty() {
                    leading.push(other);
                }
                self.want_initials(instant, start, first, &leading);
            }
        }
    }

    /// Adds a run in which one of the initials of these steps comes in place of `first`.
    fn want_initials(
        &mut self,
        instant: &InstantOrder,
        start: usize,
        first: usize,
        steps: &[usize],
    ) {
        let initials = instant.initials(steps);
        let initials: Vec<u64> =
            initials.map(|step| self.nodes[start + step].step.sequence).collect();
        self.want(start + first, &initials);
    }

    /// Adds a run in which one of these events comes next at a node, unless one of them
    /// already is wanted or asleep there.
    fn want(&mut self, at: usize, any: &[u64]) {
        let node = &mut self.nodes[at];
        let is_met = any.iter().any(|sequence| {
            node.wanted.contains(sequence) || node.asleep.iter().any(|known| known.0 == *sequence)
        });
        if is_met {
            return;
        }
        let candidates = &node.step.candidates;
        if let Some(sequence) = any.iter().find(|sequence| candidates.contains(sequence)) {
            node.wanted.push(*sequence);
        }
    }
}
