//! The kernel's data, and what it asks of the rooms above it.

use crate::actor::{ActorId, DeathCause, Family};
use crate::config::Config;
use crate::entities::Entities;
use crate::error::{ErrorKind, SimulationError};
use crate::event_list::{EventId, EventList};
use crate::kernel::journal::Journal;
use crate::kernel::returns::Returns;
use crate::kernel::ties::Ties;
use crate::outcome::Counts;
use crate::store::{AnyPool, Op, keep, keep_memory, kept_memory};
use crate::time::{Span, VirtualTime};
use rustc_hash::FxHashMap;
use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::rc::Rc;

/// The parts that every run has: the clock, the event list, the actors and the journal. `F` is the
/// data of the features.
pub(crate) struct Kernel<F: Hooks> {
    /// Which simulation it is: references of others are refused.
    pub(crate) family: Family,
    /// References of these simulations are valid here, too. They are those that this one was run
    /// again from, or any if it was read from a file.
    pub(crate) kin: Vec<Family>,
    pub(crate) now: VirtualTime,
    /// The number of the current event, from 1.
    pub(crate) event: u64,
    /// Up to this event, no limit is reached.
    pub(crate) event_last: u64,
    /// Up to this time, the clock passes neither the warm-up nor the end time.
    pub(crate) clock_look: VirtualTime,
    /// The end of the warm-up, until it is reached.
    pub(crate) warm_up: Option<VirtualTime>,
    /// Before this sequence number, the limit of pending events cannot be reached.
    pub(crate) sequence_look: u64,
    /// How many events had happened when the clock last moved.
    pub(crate) instant_first: u64,
    /// If the clock was moved without an event: the time and number of the last event before that.
    pub(crate) stopped: Option<(VirtualTime, u64)>,
    /// Events that happen right after the current one, before all others of the instant.
    pub(crate) urgent: VecDeque<EventId>,
    /// The process that goes on when the event is over, while the kernel is free.
    pub(crate) ready: Option<ActorId>,
    pub(crate) ended: bool,
    /// A value is being dropped. Failures are noted and do not unwind, because a panic may already
    /// be unwinding.
    pub(crate) quiet: bool,
    pub(crate) current: ActorId,
    /// The number of the event in which the current one was scheduled. Kept only if origins are
    /// wanted.
    pub(crate) cause: u64,
    pub(crate) counts: Counts,
    pub(crate) events: EventList,
    pub(crate) pools: Vec<Shared>,
    pub(crate) journal: Journal,
    pub(crate) entities: Entities,
    pub(crate) ties: Ties,
    pub(crate) failure: Option<SimulationError>,
    pub(crate) newborns: Vec<Newborn<F::Work>>,
    pub(crate) new_classes: Vec<Box<dyn Class<F>>>,
    /// What dead actors leave, to be dropped when the kernel is not in use.
    pub(crate) remains: Vec<Box<dyn Any>>,
    /// Where values are given back. It knows the kernel, for handles that outlive a step, and has
    /// the attention flag of the loop.
    pub(crate) returns: Rc<Returns<Self, F::Return>>,
    pub(crate) class_numbers: FxHashMap<TypeId, u16>,
    /// The class of the last newborn, by the type of its state.
    pub(super) last_class: Option<(TypeId, u16)>,
    pub(crate) config: Config,
    pub(crate) features: F,
}

/// What the kernel asks of the features. The compiler knows the implementation, so a hook costs no
/// more than a call.
pub(crate) trait Hooks: Sized + 'static {
    /// A value that is given back by dropping it.
    type Return;
    /// What an actor or a process waits for.
    type Reason;
    /// What a process does.
    type Work: 'static;

    fn take_back(kernel: &mut Kernel<Self>, what: Self::Return);
    /// An actor was born, or has begun its next life.
    fn born(kernel: &mut Kernel<Self>, id: ActorId, again: bool);
    /// Whether an event of a feature ends its receiver, and the cause of death.
    fn ends(kernel: &mut Kernel<Self>, id: ActorId, op: Op, word: u64) -> Option<DeathCause>;
    /// The next life of an actor that dies. To be asked once, while the actor is registered.
    fn next_life(kernel: &mut Kernel<Self>, id: ActorId, cause: DeathCause) -> Option<NextLife>;
    /// An actor has died for good, and is still registered.
    fn died(kernel: &mut Kernel<Self>, id: ActorId, cause: DeathCause);
    /// An actor has died, and begins its next life after this call.
    fn restarts(kernel: &mut Kernel<Self>, id: ActorId, cause: DeathCause);
    /// The cause of death of an actor or of its last incarnation.
    fn cause_of_death(kernel: &Kernel<Self>, id: ActorId) -> DeathCause;
    /// A message will not be handled. `rider` is the word that was sent with it.
    fn unhandled(kernel: &mut Kernel<Self>, to: ActorId, rider: u64);
    /// The mistake that a panic with that text is about, if it is a mistake of a feature's user.
    fn explain(kernel: &Rc<RefCell<Kernel<Self>>>, panic: &str) -> Option<ErrorKind>;
    /// Whether a panic of that actor with that text is a failure of the actor alone; if so,
    /// notes the text as the reason of its death.
    fn is_failure(kernel: &mut Kernel<Self>, id: ActorId, panic: &str) -> bool;
    /// Whether something has changed that is to be looked at between two events.
    fn has_changed(kernel: &Kernel<Self>) -> bool;
    /// Looks at it; whether something was done.
    fn between_events(kernel: &mut Kernel<Self>) -> bool;
    /// The warm-up is over: all statistics begin anew at that time. No event is under way.
    fn begin_anew(kernel: &mut Kernel<Self>, at: VirtualTime);
    /// Takes out all values that may hold the kernel. The caller drops them while the kernel is
    /// free.
    fn take_all(&mut self) -> Vec<Box<dyn Any>>;
}

/// Actors of one type. Only the class knows that type.
pub(crate) trait Class<F: Hooks>: AsAny {
    fn dispatch(&mut self, kernel: &mut Kernel<F>, cell: u32);
    /// Lets a process go on that was [ready](Kernel::ready).
    fn go_on(&mut self, _: &Rc<RefCell<Kernel<F>>>, _: ActorId) {}
    /// Lets a living actor die because its handler panicked.
    fn fail(&mut self, _: &mut Kernel<F>, _: ActorId) {}
    /// What each process waits for, and since when.
    fn reasons(&self) -> Vec<(ActorId, F::Reason, VirtualTime)> {
        Vec::new()
    }
    /// Whether an actor is blocked on the answer of another.
    fn is_waiting(&self, _: ActorId) -> bool {
        false
    }
    fn admit(&mut self, newborn: Newborn<F::Work>);
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
    /// The type of its actors' states, if there is one.
    fn type_of_states(&self) -> Option<(TypeId, &'static str)> {
        None
    }
}

/// What can be read as a value of its own type. The supertrait of traits that hide types.
pub(crate) trait AsAny: Any {
    fn as_any(&self) -> &dyn Any;
    fn as_any_mut(&mut self) -> &mut dyn Any;
}

impl<T: Any> AsAny for T {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

/// An actor that was spawned while its class was in use.
pub(crate) struct Newborn<W> {
    pub(crate) id: ActorId,
    pub(crate) state: Born<W>,
    pub(crate) task: bool,
    /// The cell of the event that ends its start-up, or `NONE`.
    pub(crate) pending: u32,
}

/// What an actor or a process begins with.
pub(crate) enum Born<W> {
    State(Box<dyn Any>),
    Work(W),
}

impl<W: 'static> Born<W> {
    pub(super) fn into_any(self) -> Box<dyn Any> {
        match self {
            Self::State(state) => state,
            Self::Work(work) => Box::new(work),
        }
    }

    /// The state of an actor.
    pub(crate) fn state<A: 'static>(self) -> Option<A> {
        let Self::State(state) = self else { return None };
        state.downcast().ok().map(|state| *state)
    }
}

/// What an actor that died continues with.
pub(crate) struct NextLife {
    pub(crate) state: Box<dyn Any>,
    pub(crate) startup: Span,
}

/// A pool under both its types: a downcast from our own trait would cost one more call.
pub(crate) struct Shared {
    pub(crate) typed: Rc<dyn Any>,
    pub(crate) any: Rc<dyn AnyPool>,
}

impl<F: Hooks> Drop for Kernel<F> {
    fn drop(&mut self) {
        self.pools.drain(..).for_each(|Shared { typed, any }| keep(typed, any));
        self.class_numbers.clear();
        let entities = std::mem::take(&mut self.entities).emptied();
        let pools = std::mem::take(&mut self.pools);
        let class_numbers = std::mem::take(&mut self.class_numbers);
        let newborns = std::mem::take(&mut self.newborns);
        let new_classes = std::mem::take(&mut self.new_classes);
        if newborns.is_empty() && new_classes.is_empty() {
            let memory: Memory<F> = (entities, pools, class_numbers, newborns, new_classes);
            keep_memory(Box::new(memory));
        }
    }
}

/// Empty lists and tables of a kernel that is gone, for the next one of the thread.
type Memory<F> = (
    Entities,
    Vec<Shared>,
    FxHashMap<TypeId, u16>,
    Vec<Newborn<<F as Hooks>::Work>>,
    Vec<Box<dyn Class<F>>>,
);

/// The last instant at which something can happen; an event that is due later never comes.
pub(crate) const LAST: VirtualTime = VirtualTime::from_nanos(u64::MAX - 1);

impl<F: Hooks> Kernel<F> {
    pub(crate) fn new(config: Config, features: F) -> Self {
        let (entities, pools, class_numbers, newborns, new_classes): Memory<F> = kept_memory();
        Self {
            family: Family::next(),
            kin: Vec::new(),
            now: VirtualTime::ZERO,
            event: 0,
            event_last: 0,
            clock_look: VirtualTime::ZERO,
            warm_up: Some(config.warm_up).filter(|warm_up| *warm_up > VirtualTime::ZERO),
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
            pools,
            journal: Journal::new(&config),
            entities,
            ties: Ties::new(&config.ties, config.half()),
            failure: None,
            newborns,
            new_classes,
            remains: Vec::new(),
            returns: Rc::new(Returns::new(false)),
            class_numbers,
            last_class: None,
            config,
            features,
        }
    }

    /// Moves the kernel into shared memory that `returns` knows.
    pub(crate) fn share(self) -> Rc<RefCell<Self>> {
        Rc::new_cyclic(|kernel| {
            self.returns.serve(kernel, self.family);
            RefCell::new(self)
        })
    }

    pub(crate) fn shared(&self) -> Rc<RefCell<Self>> {
        self.returns.kernel().expect("whoever uses the kernel keeps it")
    }
}
