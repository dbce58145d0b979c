//! The state of a run under a tie policy, and what a search notes of each step.

use crate::error::ErrorKind;
use crate::event_list::{EventId, EventKey};
use crate::random::{Half, Stream, StreamName};
use crate::tie::{Access, Buffer, Due, Footprint, Thing, TieChoices, TieGuide, TieLog, TiePolicy};
use crate::time::VirtualTime;
use std::cell::{Cell, RefCell};

/// What a run with a tie policy has besides the event list.
#[derive(Clone, Default)]
pub(crate) struct Ties {
    /// `None` in the usual order.
    pub(super) order: Option<Box<Order>>,
    pub(crate) marks: Marks,
}

/// What the current step has touched besides its receiver. Noted only for a search.
#[derive(Clone, Default)]
pub(crate) struct Marks {
    pub(super) on: bool,
    pub(super) everything: Cell<bool>,
    pub(super) touched: RefCell<Vec<(Thing, Access)>>,
}

/// The current instant under a policy.
#[derive(Clone)]
pub(super) struct Order {
    pub(super) buffer: Buffer,
    pub(super) due: VirtualTime,
    pub(super) chooser: Chooser,
    pub(super) steps: u64,
    /// Whether the last step still goes on.
    pub(super) is_open: bool,
    pub(super) log: TieLog,
}

#[derive(Clone)]
pub(super) enum Chooser {
    Shuffle(Stream),
    /// The choices, and the index of the next one.
    Choices(TieChoices, usize),
    Guide(TieGuide, Option<Stream>),
}

impl Marks {
    /// Whether a search reads the marks.
    pub(crate) fn are_on(&self) -> bool {
        self.on
    }

    /// Changes that others made to it matter to this step.
    #[inline]
    pub(crate) fn sees(&self, thing: Thing) {
        if self.on {
            self.add(thing, Access::Sees);
        }
    }

    /// The step changes what others see.
    #[inline]
    pub(crate) fn changes(&self, thing: Thing) {
        if self.on {
            self.add(thing, Access::Changes);
        }
    }

    #[inline]
    pub(crate) fn uses(&self, thing: Thing) {
        if self.on {
            self.add(thing, Access::Uses);
        }
    }

    #[inline]
    pub(crate) fn everything(&self) {
        if self.on {
            self.everything.set(true);
        }
    }

    #[cold]
    fn add(&self, thing: Thing, access: Access) {
        let mut touched = self.touched.borrow_mut();
        if !touched.contains(&(thing, access)) {
            touched.push((thing, access));
        }
    }

    pub(super) fn take(&self) -> Footprint {
        Footprint { everything: self.everything.take(), touched: self.touched.take() }
    }
}

impl Ties {
    pub(crate) fn new(policy: &TiePolicy, half: Half) -> Self {
        let stream = |seed| {
            let (actor, incarnation, purpose) = (0, 0, "ties");
            let replication = half.replication;
            let name = StreamName { seed, replication, actor, incarnation, purpose };
            Stream::of_engine(&name, half)
        };
        let mut log = TieLog::default();
        let chooser = match policy {
            TiePolicy::InOrder => return Self::default(),
            TiePolicy::Shuffled(seed) => Chooser::Shuffle(stream(*seed)),
            TiePolicy::Chosen(choices) => Chooser::Choices(choices.clone(), 0),
            TiePolicy::Guided(guide) => {
                (log.on, log.first) = (true, guide.note_from);
                Chooser::Guide(guide.clone(), guide.shuffle.map(stream))
            }
        };
        let marks = Marks { on: log.on, ..Marks::default() };
        let (buffer, due, steps, is_open) = (Buffer::default(), VirtualTime::ZERO, 0, false);
        Self { order: Some(Box::new(Order { buffer, due, chooser, steps, is_open, log })), marks }
    }

    /// Whether a policy, and not the event list, chooses the next event.
    #[inline]
    pub(crate) fn is_on(&self) -> bool {
        self.order.is_some()
    }

    /// What was noted for a search. The log is empty afterwards.
    pub(crate) fn take_log(&mut self) -> TieLog {
        let log = self.order.as_mut().map(|order| std::mem::take(&mut order.log));
        log.unwrap_or_default()
    }

    /// Whether events of the current instant are in the buffer.
    pub(crate) fn is_amid(&self) -> bool {
        self.order.as_ref().is_some_and(|order| !order.buffer.candidates().is_empty())
    }
}

impl Chooser {
    /// The place of the candidate that comes next as that event and step; `None` if all of them are
    /// to be left out.
    pub(super) fn choose(
        &mut self,
        event: u64,
        step: u64,
        candidates: &[Due],
    ) -> Result<Option<usize>, ErrorKind> {
        let draw = |stream: &mut Stream| match candidates.len() {
            1 => 0,
            many => stream.range(0..=many as u64 - 1) as usize,
        };
        match self {
            Self::Shuffle(stream) => Ok(Some(draw(stream))),
            Self::Choices(choices, next) => {
                let Some((at, candidate)) = choices.iter().nth(*next).filter(|c| c.0 <= event)
                else {
                    return Ok(Some(0));
                };
                if at < event || candidate as usize >= candidates.len() {
                    let candidates = if at < event { 1 } else { candidates.len() as u64 };
                    return Err(ErrorKind::TieChoice { event: at, candidate, candidates });
                }
                *next += 1;
                Ok(Some(candidate as usize))
            }
            Self::Guide(guide, stream) => {
                if let Some(pick) = guide.picks.get(step as usize) {
                    let place = candidates.iter().position(|due| due.sequence == *pick);
                    return place.map(Some).ok_or(ErrorKind::NotRepeated);
                }
                if let Some(stream) = stream {
                    return Ok(Some(draw(stream)));
                }
                let is_asleep = |due: &Due| guide.asleep.iter().any(|a| a.0 == due.sequence);
                Ok(candidates.iter().position(|due| !is_asleep(due)))
            }
        }
    }

    /// Whether nothing is to happen at that time any more.
    pub(super) fn ends_before(&self, time: VirtualTime) -> bool {
        let Self::Guide(guide, _) = self else { return false };
        guide.until.is_some_and(|until| until < time)
    }

    /// The first choice that was not made by the end of the run.
    pub(super) fn left_over(&self) -> Option<(u64, u32)> {
        match self {
            Self::Choices(choices, next) => choices.iter().nth(*next),
            _ => None,
        }
    }
}

impl Ties {
    /// The events in the buffer, with their keys in the event list.
    pub(crate) fn drawn(&self) -> Vec<(EventKey, EventId)> {
        let Some(order) = &self.order else { return Vec::new() };
        let key = |due: &Due| EventKey { time: order.due, sequence: due.sequence };
        order.buffer.all().iter().map(|due| (key(due), due.event)).collect()
    }

    /// The same for a copy of the run, between two events.
    pub(crate) fn fork(&self) -> Self {
        debug_assert!(self.order.as_ref().is_none_or(|order| !order.is_open), "between events");
        self.clone()
    }
}

#[cfg(feature = "snapshot")]
impl Ties {
    /// Whether a search chooses the next event.
    pub(crate) fn is_guided(&self) -> bool {
        self.order.as_ref().is_some_and(|order| matches!(order.chooser, Chooser::Guide(..)))
    }

    /// How many words the shuffle has drawn.
    pub(crate) fn position(&self) -> u64 {
        match self.order.as_deref().map(|order| &order.chooser) {
            Some(Chooser::Shuffle(stream)) => stream.position(),
            _ => 0,
        }
    }

    /// Sets a new policy to its state after that number of events and drawn words; `None` if
    /// such a policy cannot have drawn that number.
    pub(crate) fn go_on(&mut self, event: u64, position: u64) -> Option<()> {
        match self.order.as_deref_mut().map(|order| &mut order.chooser) {
            Some(Chooser::Shuffle(stream)) => return stream.move_to(position),
            Some(Chooser::Choices(choices, next)) => {
                *next = choices.iter().take_while(|choice| choice.0 <= event).count();
            }
            _ => {}
        }
        (position == 0).then_some(())
    }
}
