//! The kernel itself, and what it asks of those above it.

use crate::actor::{ActorId, DeathCause, Family};
use crate::config::Config;
use crate::entities::Entities;
use crate::error::{ErrorKind, SimulationError};
use crate::event_list::{EventId, EventList};
use crate::kernel::journal::Journal;
use crate::kernel::returns::Returns;
use crate::kernel::ties::Ties;
use crate::outcome::Counts;
use crate::store::{AnyPool, Op};
use crate::time::{Span, VirtualTime};
use rustc_hash::FxHashMap;
use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::rc::Rc;

/// What a run has whatever features it uses: the clock, what will happen, who there is,
/// and what is told of it. `F` is what the features keep here.
pub(crate) struct Kernel<F: Hooks> {
    /// Which simulation it is: what belongs to another is refused.
    pub(crate) family: Family,
    /// What was made by these is as good here, by its numbers: by those that this
    /// one was run again from; by any, if it was read from a file.
    pub(crate) kin: Vec<Family>,
    pub(crate) now: VirtualTime,
    /// The number of the current event, from 1.
    pub(crate) event: u64,
    /// Up to this event, no limit is reached.
    pub(crate) event_last: u64,
    /// Before this sequence number, not too many events can be pending.
    pub(crate) sequence_look: u64,
    /// How many events had happened when the clock moved last.
    pub(crate) instant_first: u64,
    /// If the clock was moved without an event: the time of the last event before
    /// that, and its number.
    pub(crate) stopped: Option<(VirtualTime, u64)>,
    /// Events that happen right after the current one, before anything else
    /// of the instant.
    pub(crate) urgent: VecDeque<EventId>,
    /// Who goes on when the event is over, while the kernel is free.
    pub(crate) ready: Option<ActorId>,
    pub(crate) ended: bool,
    /// Something is being dropped: failures are noted, and nothing unwinds,
    /// which might be under way already.
    pub(crate) quiet: bool,
    pub(crate) current: ActorId,
    /// The event in which the current one was scheduled; kept up only while
    /// anyone wants to know.
    pub(crate) cause: u64,
    pub(crate) counts: Counts,
    pub(crate) events: EventList,
    pub(crate) pools: Vec<Shared>,
    pub(crate) journal: Journal,
    pub(crate) entities: Entities,
    pub(crate) ties: Ties,
    pub(crate) failure: Option<SimulationError>,
    pub(crate) newborns: Vec<Newborn>,
    pub(crate) new_classes: Vec<Box<dyn Class<F>>>,
    /// What is left of the dead, to be dropped when the kernel is not in use.
    pub(crate) remains: Vec<Box<dyn Any>>,
    /// Where things are given back; it knows the kernel, for handles that outlive a
    /// step, and whether something besides the next event wants to be looked at.
    pub(crate) returns: Rc<Returns<Self, F::Return>>,
    pub(crate) class_numbers: FxHashMap<TypeId, u16>,
    pub(crate) config: Config,
    /// What the features keep.
    pub(crate) features: F,
}

/// What the kernel asks of the features, which know it and each other's order. All of it
/// is known when the program is compiled: a hook costs no more than a call.
pub(crate) trait Hooks: Sized + 'static {
    /// Something that is given back by dropping it.
    type Return;
    /// What somebody waits for.
    type Reason;

    /// Takes something back.
    fn take_back(kernel: &mut Kernel<Self>, what: Self::Return);
    /// Somebody was born, or has begun another life.
    fn born(kernel: &mut Kernel<Self>, id: ActorId, again: bool);
    /// Whether an event of a feature ends the actor that it happens to, and of what.
    fn ends(kernel: &mut Kernel<Self>, id: ActorId, op: Op, word: u64) -> Option<DeathCause>;
    /// What somebody who dies goes on with. To be asked once, while it is on the books.
    fn next_life(kernel: &mut Kernel<Self>, id: ActorId, cause: DeathCause) -> Option<NextLife>;
    /// Somebody has died for good, and is still on the books.
    fn died(kernel: &mut Kernel<Self>, id: ActorId, cause: DeathCause);
    /// Somebody has died, and begins another life when this is done.
    fn restarts(kernel: &mut Kernel<Self>, id: ActorId, cause: DeathCause);
    /// What somebody, or its last incarnation, died of.
    fn cause_of_death(kernel: &Kernel<Self>, id: ActorId) -> DeathCause;
    /// A message will not be handled with which that rode along.
    fn unhandled(kernel: &mut Kernel<Self>, to: ActorId, rider: u64);
    /// The mistake that a panic with that text is about, if it is one of a feature's.
    fn explain(kernel: &Rc<RefCell<Kernel<Self>>>, panic: &str) -> Option<ErrorKind>;
    /// Whether a panic of that actor with that text is a failure of the actor alone; if so,
    /// notes the text as the reason of its death.
    fn is_failure(kernel: &mut Kernel<Self>, id: ActorId, panic: &str) -> bool;
    /// Takes out whatever may hold the kernel, to be dropped while that is free.
    fn take_all(&mut self) -> Vec<Box<dyn Any>>;
}

/// Actors of one type that only the class itself knows.
pub(crate) trait Class<F: Hooks> {
    /// Does what the event in that cell is about.
    fn dispatch(&mut self, kernel: &mut Kernel<F>, cell: u32);
    /// Lets the one in that place go on, who was [ready](Kernel::ready).
    fn go_on(&mut self, _: &Rc<RefCell<Kernel<F>>>, _: ActorId) {}
    /// Lets a living actor die because its handler panicked.
    fn fail(&mut self, _: &mut Kernel<F>, _: ActorId) {}
    /// What each waits for, and since when.
    fn reasons(&self) -> Vec<(ActorId, F::Reason, VirtualTime)> {
        Vec::new()
    }
    /// Whether one is blocked on the answer of another.
    fn is_waiting(&self, _: ActorId) -> bool {
        false
    }
    fn admit(&mut self, newborn: Newborn);
    /// The state of a living actor as `&A`.
    fn state(&self, id: ActorId) -> Option<&dyn Any>;
    /// The state of a living actor as its type shows it.
    fn shown(&self, _: ActorId) -> Option<&dyn fmt::Debug> {
        None
    }
    fn mailbox_length(&self, id: ActorId) -> Option<u32>;
    /// The state of a living actor as `&mut A`.
    fn state_mut(&mut self, _: ActorId) -> Option<&mut dyn Any> {
        None
    }
    /// The type of its actors' states, if they are that simple.
    fn type_of_states(&self) -> Option<(TypeId, &'static str)> {
        None
    }
    /// The class itself, if there is a type of states.
    fn typed(&mut self) -> Option<&mut dyn Any> {
        None
    }
    /// The same, to read.
    fn typed_ref(&self) -> Option<&dyn Any> {
        None
    }
}

/// Somebody who was spawned while its class was in use.
pub(crate) struct Newborn {
    pub(crate) id: ActorId,
    pub(crate) state: Box<dyn Any>,
    pub(crate) task: bool,
    /// The cell of the event that ends its start-up, or `NONE`.
    pub(crate) pending: u32,
}

/// What an actor that died goes on with.
pub(crate) struct NextLife {
    pub(crate) state: Box<dyn Any>,
    pub(crate) startup: Span,
}

/// A pool by both its names: a downcast from a trait of our own would cost one
/// more call.
pub(crate) struct Shared {
    pub(crate) typed: Rc<dyn Any>,
    pub(crate) any: Rc<dyn AnyPool>,
}

/// The last instant at which something can happen; what is due after it never comes.
pub(crate) const LAST: VirtualTime = VirtualTime::from_nanos(u64::MAX - 1);

impl<F: Hooks> Kernel<F> {
    pub(crate) fn new(config: Config, features: F) -> Self {
        Self {
            family: Family::next(),
            kin: Vec::new(),
            now: VirtualTime::ZERO,
            event: 0,
            event_last: 0,
            sequence_look: 0,
            instant_first: 0,
            stopped: None,
            urgent: VecDeque::new(),
            ready: None,
            ended: false,
            quiet: false,
            current: ActorId::OUTSIDE,
            cause: 0,
            counts: Counts::default(),
            events: EventList::new(config.event_list),
            pools: Vec::new(),
            journal: Journal::new(&config),
            entities: Entities::default(),
            ties: Ties::new(&config.ties, config.replication),
            failure: None,
            newborns: Vec::new(),
            new_classes: Vec::new(),
            remains: Vec::new(),
            returns: Rc::default(),
            class_numbers: FxHashMap::default(),
            config,
            features,
        }
    }

    /// The kernel in a place that it knows.
    pub(crate) fn share(self) -> Rc<RefCell<Self>> {
        let family = self.family;
        let kernel = Rc::new(RefCell::new(self));
        kernel.borrow().returns.serve(&kernel, family);
        kernel
    }

    /// The kernel, for a handle to keep.
    pub(crate) fn shared(&self) -> Rc<RefCell<Self>> {
        self.returns.kernel().expect("whoever uses the kernel keeps it")
    }
}
