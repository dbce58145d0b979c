//! Variables of a run.

use crate::actor::{ActorId, Message, SpawnOptions};
use crate::digest::Digest;
use crate::features::{AnyResource, Kernel};
use crate::line::Ticket;
use crate::resource::{Environment, ResourceId};
use std::marker::PhantomData;

/// A value that belongs to a run, and that processes can wait for; see
/// [`Process::until`](crate::Process::until). Processes, actors, and the program between two runs
/// read and change it.
///
/// A copy is the same variable. It shares the name space of actors, but it is not an actor. It
/// lives as long as the run.
///
/// # Examples
/// ```
/// use flagfall::{Config, Simulation, Span, Variable};
///
/// let mut simulation = Simulation::new(Config::new(42));
/// let doors = Variable::new(&mut simulation, "doors open", false);
/// let visitor = simulation.process("visitor", async move |p| {
///     p.until(move |state| doors.get(state)).await;
///     p.now().to_string()
/// });
/// simulation.process("porter", async move |mut p| {
///     p.sleep(Span::from_hours(9)).await;
///     doors.set(&mut p, true);
/// });
/// simulation.run()?;
/// assert_eq!(visitor.result().as_deref(), Some("32400s"));
/// # Ok::<(), flagfall::SimulationError>(())
/// ```
pub struct Variable<T> {
    id: ResourceId,
    values: PhantomData<fn(T) -> T>,
}

handle!(Variable<T>, "variable ", handle => handle.id);

impl<T: 'static> Message for Variable<T> {
    fn digest(&self, digest: &mut Digest) {
        self.id.digest(digest);
    }

    fn size(&self) -> u64 {
        self.id.size()
    }
}

/// Nobody waits in a line for it.
struct Value<T>(T);

impl<T: 'static> AnyResource<Kernel> for Value<T> {
    fn withdraw(&mut self, _: &mut Kernel, _: ActorId, _: ActorId, _: Ticket) -> bool {
        false
    }
}

impl<T: 'static> Variable<T> {
    /// Makes a variable with its first value. Fails the run if the name is taken.
    #[track_caller]
    pub fn new(
        environment: &mut impl Environment,
        name: impl Into<SpawnOptions>,
        value: T,
    ) -> Self {
        let name = name.into();
        let make = |_: &Kernel| Box::new(Value(value)) as _;
        let id = environment.touch(|kernel| kernel.add_resource(&name, 1, make));
        Self { id, values: PhantomData }
    }

    /// Its value now.
    ///
    /// # Panics
    /// If it belongs to another simulation.
    #[track_caller]
    #[must_use]
    pub fn get(&self, environment: &impl Environment) -> T
    where
        T: Clone,
    {
        self.read(environment, T::clone)
    }

    /// Reads its value without a copy.
    ///
    /// # Panics
    /// If it belongs to another simulation.
    #[track_caller]
    pub fn read<R>(&self, environment: &impl Environment, read: impl FnOnce(&T) -> R) -> R {
        let found = self.id.read(environment, |Value(value): &Value<T>, _| Some(read(value)));
        found.expect("it was read or changed while it was being changed")
    }

    /// Changes its value.
    ///
    /// Processes that wait for a condition on it look at it after the current event. A new value
    /// that is equal to the old one counts as a change.
    #[track_caller]
    pub fn set(&self, environment: &mut impl Environment, value: T) {
        self.update(environment, |place| *place = value);
    }

    /// Changes its value in place, and returns what `update` returns.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Config, Simulation, Variable};
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let inside = Variable::new(&mut simulation, "inside", 0);
    /// inside.update(&mut simulation, |inside| *inside += 2);
    /// assert_eq!(inside.get(&simulation), 2);
    /// ```
    #[track_caller]
    pub fn update<R>(
        &self,
        environment: &mut impl Environment,
        update: impl FnOnce(&mut T) -> R,
    ) -> R {
        let updated = environment.touch(|kernel| {
            let id = self.id.owned(kernel);
            kernel.with_resource(id, |Value(value): &mut Value<T>, _| update(value))
        });
        updated.expect("it was changed while it was being changed")
    }
}
