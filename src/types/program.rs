//! The registry of a program's types.

use crate::actor::Copying;
use crate::features::{Factory, Kernel, Tell};
use crate::handler::{Actor, ActorClass, Slot};
use crate::kernel::Shared;
use crate::random::Stream;
use crate::types::kinds::{AnswerType, Maker};
use crate::types::known::{CheckpointType, Copied, StateType};
use crate::types::registry::Registry;
use rustc_hash::FxHashMap;
use std::any::{Any, TypeId, type_name};
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

/// The registered types of a program, so that its simulations can be
/// [forked](crate::Simulation::fork) and saved. Each type is registered by itself. A fork
/// with another type is a [`SnapshotError`](crate::SnapshotError) that names it.
///
/// | what | needed to fork | also needed to save |
/// |---|---|---|
/// | states of actors | [`forkable`](Self::forkable), [`forkable_by`](Self::forkable_by) | `savable` |
/// | messages | [`Message::fork`](trait@crate::Message), which `message!` writes | `savable` of the actor |
/// | functions given to [`ask`](crate::Context::ask) and [`request`](crate::Context::request) | [`answer`](Self::answer) | |
/// | to [`ask_all`](crate::Context::ask_all) | [`answers`](Self::answers) | `saved_answers` |
/// | to [`ask_first`](crate::Context::ask_first) | [`first_answer`](Self::first_answer) | |
/// | to [`watch`](crate::Context::watch) | [`notice`](Self::notice) | |
/// | factories of supervised actors | [`factory`](Self::factory), [`restoring`](Self::restoring) | |
/// | checkpoints | [`checkpoint`](Self::checkpoint) | `saved_checkpoint` |
///
/// Functions are registered with a name, by value. They are plain functions, variants of
/// enums, or closures that capture nothing, so that all values of the type are equal. A
/// closure that captures something does not compile.
///
/// Processes, resources, containers, stores and groups cannot be copied, because a future
/// cannot. [`Simulation::branch`](crate::Simulation::branch) runs such a simulation again
/// from its start instead.
///
/// # Examples
/// ```
/// use flagfall::{Actor, Config, Context, Simulation, Span, TypeRegistry};
///
/// #[derive(Clone)]
/// struct Clock { ticks: u64 }
/// impl Actor for Clock {
///     type Message = ();
///     fn handle(&mut self, _: (), context: &mut Context<'_, ()>) {
///         self.ticks += 1;
///         context.schedule(Span::from_secs(1), ());
///     }
/// }
///
/// let mut simulation = Simulation::new(Config::new(42));
/// simulation.register(&TypeRegistry::new().forkable::<Clock>());
/// let clock = simulation.spawn("clock", Clock { ticks: 0 });
/// simulation.send(&clock, ());
/// simulation.run_until("10s".parse()?)?;
///
/// let mut branch = simulation.fork()?;
/// branch.state_mut::<Clock>(&clock).expect("it lives").ticks = 1_000;
/// branch.run_until("20s".parse()?)?;
/// simulation.run_until("20s".parse()?)?;
/// assert_eq!(branch[&clock].ticks, 1_010);
/// assert_eq!(simulation[&clock].ticks, 21);
/// assert_eq!(branch.digest(), simulation.digest());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct TypeRegistry {
    pub(super) states: FxHashMap<TypeId, StateType>,
    pub(crate) answers: Registry<dyn AnswerType>,
    pub(crate) notices: Registry<Maker<dyn Tell<Kernel>>>,
    pub(crate) factories: Registry<Maker<dyn Factory>>,
    pub(super) checkpoints: FxHashMap<TypeId, CheckpointType>,
}

impl TypeRegistry {
    /// An empty registry.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Actors with states of type `A` are copied by cloning their states.
    ///
    /// If a clone shares data with its original (`Rc`), branches share it. Such data must
    /// not change.
    #[must_use]
    pub fn forkable<A: Actor + Clone>(self) -> Self {
        self.forkable_by(|state: &A, _| state.clone())
    }

    /// Actors with states of type `A` are copied by a function. It is for states that hold
    /// a [`ReplyTo`](crate::ReplyTo), which cannot be cloned but can be
    /// [copied for a branch](Copying::reply_to).
    #[must_use]
    pub fn forkable_by<A: Actor>(mut self, copy: impl Fn(&A, &Copying) -> A + 'static) -> Self {
        let copy = move |class: &dyn Any, copying: &Copying| copy_class(class, copying, &copy);
        self.states.entry(TypeId::of::<A>()).or_default().copy = Some(Rc::new(copy));
        self
    }

    /// Shows the random streams in states of type `A` that [`Stream::open`] opened, so that
    /// [`Simulation::reseed`](crate::Simulation::reseed) reaches them. It always reaches
    /// streams that a context, a process or a simulation opened.
    ///
    /// # Examples
    /// ```
    /// # use flagfall::{Actor, Context, random::Stream, TypeRegistry};
    /// #[derive(Clone, Default)]
    /// struct Door { arrivals: Option<Stream> }
    /// # impl Actor for Door {
    /// #     type Message = ();
    /// #     fn handle(&mut self, _: (), _: &mut Context<'_, ()>) {}
    /// # }
    /// let types = TypeRegistry::new()
    ///     .forkable::<Door>()
    ///     .streams(|door: &mut Door, visit| door.arrivals.iter_mut().for_each(visit));
    /// ```
    #[must_use]
    pub fn streams<A: Actor>(
        mut self,
        visit: impl Fn(&mut A, &mut dyn FnMut(&mut Stream)) + 'static,
    ) -> Self {
        let visit_class = move |class: &mut dyn Any, each: &mut dyn FnMut(&mut Stream)| {
            let Some(class) = class.downcast_mut::<ActorClass<A>>() else { return };
            for slot in &mut class.slots {
                if let Slot::Live { state, .. } = slot {
                    visit(state, each);
                }
            }
        };
        self.states.entry(TypeId::of::<A>()).or_default().streams = Some(Rc::new(visit_class));
        self
    }

    /// Checkpoints of type `S` are copied by cloning them.
    #[must_use]
    pub fn checkpoint<S: Clone + 'static>(mut self) -> Self {
        let copy = |state: &dyn Any| {
            let state = state.downcast_ref::<S>()?.clone();
            Some(Box::new(state) as Box<dyn Any>)
        };
        self.checkpoints.entry(TypeId::of::<S>()).or_insert(CheckpointType {
            #[cfg(feature = "snapshot")]
            type_name: type_name::<S>(),
            copy: Rc::new(copy),
            #[cfg(feature = "snapshot")]
            saved: None,
        });
        self
    }

    /// The union of both registries. If both have a type, the entry of `other` counts.
    ///
    /// # Panics
    /// If both give the same name to different types of one kind.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.states.extend(other.states.iter().map(|(id, state)| (*id, state.clone())));
        self.answers.extend(&other.answers);
        self.notices.extend(&other.notices);
        self.factories.extend(&other.factories);
        self.checkpoints.extend(other.checkpoints.iter().map(|(id, known)| (*id, known.clone())));
        #[cfg(feature = "snapshot")]
        self.check_names();
        self
    }

    pub(crate) fn state(&self, id: TypeId) -> Option<&StateType> {
        self.states.get(&id)
    }

    pub(crate) fn checkpoint_type(&self, state: &dyn Any) -> Option<&CheckpointType> {
        self.checkpoints.get(&state.type_id())
    }
}

/// Copies a class of actors and its pool.
fn copy_class<A: Actor>(
    class: &dyn Any,
    copying: &Copying,
    copy: &impl Fn(&A, &Copying) -> A,
) -> Result<Copied, &'static str> {
    let class = class.downcast_ref::<ActorClass<A>>().expect("looked up by its type");
    let pool = class.pool.borrow().fork(copying).ok_or(type_name::<A::Message>())?;
    let pool = Rc::new(RefCell::new(pool));
    let slots = class.slots.iter().map(|slot| match slot {
        Slot::Live { meta, state } => Slot::Live { meta: *meta, state: copy(state, copying) },
        Slot::Vacant => Slot::Vacant,
    });
    let copied = ActorClass { class: class.class, slots: slots.collect(), pool: Rc::clone(&pool) };
    Ok((Box::new(copied), Shared { typed: Rc::clone(&pool) as _, any: pool as _ }))
}

impl fmt::Debug for TypeRegistry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TypeRegistry")
            .field("states", &self.states.len())
            .field("functions", &(self.answers.len() + self.notices.len() + self.factories.len()))
            .field("checkpoints", &self.checkpoints.len())
            .finish_non_exhaustive()
    }
}
