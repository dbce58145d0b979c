//! Waiting for several resources: all at once, or one of them.

use crate::actor::Message;
use crate::line::Claim;
use crate::process::{Place, Process, Sealed, Wait, spent};
use crate::resource::acquire::give_up;
use crate::resource::facility::Resource;
use crate::resource::held::Held;
use crate::resource::resources::Claimant;
use crate::resource::several::{Several, Share, Taken};
use crate::resource::together::Options;
use crate::resource::user::User;
use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

impl<M: Message> Process<M> {
    /// Waits for all of several resources, and gets them at one instant, in the order given. It
    /// holds none of them while it waits for another, so such claims never lock each other.
    ///
    /// The claim waits in the line of each resource, at its place there. It is granted as soon as
    /// all have the units, and no claim for one resource waits before it in any of the lines.
    /// **While one resource is missing, the others are not kept for it**: claims behind it are
    /// served (as by Arena's *Seize*). So no unit is idle because of it, and a stream of claims
    /// for single resources can make it wait for a long time, or for ever. Where that matters, give
    /// it a more urgent priority: then it is the first to get what comes free, though still all at
    /// once. Or take the resources one by one, all processes in the same order: then each is held
    /// while the next is awaited.
    ///
    /// If several resources come free at one instant, the lines are served in the order in which
    /// they came free.
    ///
    /// Each line counts the claim: as granted when it is granted, as withdrawn when it is given up.
    /// Each unit is a [`Held`] of its own, which may be given back before the others, and preempted
    /// if its claim yields. A claim that preempts takes units away only when it gets all that it
    /// needs.
    ///
    /// Fails the run if a resource is named twice, or never has enough units.
    ///
    /// # Examples
    /// A surgeon and a theatre, while nurses go on using the theatre:
    /// ```
    /// use flagfall::{Config, Resource, Simulation, Span};
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let surgeon = Resource::new(&mut simulation, "surgeon", 1);
    /// let theatre = Resource::new(&mut simulation, "theatre", 1);
    /// simulation.process("round", async move |p| {
    ///     let _surgeon = surgeon.acquire(&p).await;
    ///     p.sleep(Span::from_mins(40)).await;
    /// });
    /// let operation = simulation.process("operation", async move |p| {
    ///     let _both = p.acquire_all([surgeon, theatre]).await;
    ///     p.now().to_string()
    /// });
    /// let cleaning = simulation.process("cleaning", async move |p| {
    ///     // The theatre is not kept for the operation.
    ///     let _theatre = theatre.acquire(&p).await;
    ///     p.sleep(Span::from_mins(15)).await;
    ///     p.now().to_string()
    /// });
    /// simulation.run()?;
    /// assert_eq!(cleaning.result().as_deref(), Some("900s"));
    /// assert_eq!(operation.result().as_deref(), Some("2400s"));
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    #[track_caller]
    pub fn acquire_all<S: Into<Share>>(
        &self,
        shares: impl IntoIterator<Item = S>,
    ) -> AcquireSeveral<Vec<Held>> {
        let options = vec![shares.into_iter().map(Into::into).collect()];
        AcquireSeveral::begin(self, &options, |(_, held)| held, Location::caller())
    }

    /// Waits for one of several resources, in order of preference: skills, or machines of
    /// different speed. Returns the position of the resource in that order, and its units.
    ///
    /// The claim waits in all lines, and leaves the others when one grants it. If several can, it
    /// takes the first of them in order of preference. In each line it is like a claim for that
    /// resource alone: others wait behind it. A line that it leaves counts it as withdrawn.
    ///
    /// Fails the run if a resource never has enough units. With no resources it waits for ever.
    ///
    /// # Examples
    /// Anna is preferred; Ben is free first:
    /// ```
    /// use flagfall::{Config, Resource, Simulation, Span};
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let agents = ["anna", "ben"].map(|name| Resource::new(&mut simulation, name, 1));
    /// let calls: Vec<_> = (0..3)
    ///     .map(|call| {
    ///         simulation.process(("call", call), async move |p| {
    ///             let (which, _agent) = p.acquire_any(agents).await;
    ///             p.sleep(Span::from_mins([9, 4][which])).await;
    ///             (which, p.now().to_string())
    ///         })
    ///     })
    ///     .collect();
    /// simulation.run()?;
    /// let served: Vec<_> = calls.iter().filter_map(|call| call.result()).collect();
    /// let expected = [(0, "540s"), (1, "240s"), (1, "480s")];
    /// assert_eq!(served, expected.map(|(which, end)| (which, end.to_owned())));
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    #[track_caller]
    pub fn acquire_any<S: Into<Share>>(
        &self,
        shares: impl IntoIterator<Item = S>,
    ) -> AcquireSeveral<(usize, Held)> {
        let options: Options = shares.into_iter().map(|share| vec![share.into()]).collect();
        let one = |(which, mut held): Taken| (which, held.pop().expect("an option of one"));
        AcquireSeveral::begin(self, &options, one, Location::caller())
    }

    /// Waits for one of several options, each of several resources at once: for a room and one of
    /// two doctors, say. Returns the position of the option, and what it got, in the order given.
    ///
    /// In each line it has one place, that of the first option that names the resource. An option
    /// of one resource is as in [`acquire_any`](Self::acquire_any), others as in
    /// [`acquire_all`](Self::acquire_all).
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Config, Resource, Simulation, Span};
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let room = Resource::new(&mut simulation, "room", 1);
    /// let [may, roy] = ["may", "roy"].map(|name| Resource::new(&mut simulation, name, 1));
    /// simulation.process("round", async move |p| {
    ///     let _may = may.acquire(&p).await;
    ///     p.sleep(Span::from_hours(1)).await;
    /// });
    /// let patient = simulation.process("patient", async move |p| {
    ///     let (which, _held) = p.acquire_first_of([[may, room], [roy, room]]).await;
    ///     (which, p.now().to_string())
    /// });
    /// simulation.run()?;
    /// assert_eq!(patient.result(), Some((1, "0s".to_owned())));
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    #[track_caller]
    pub fn acquire_first_of<O: IntoIterator<Item: Into<Share>>>(
        &self,
        options: impl IntoIterator<Item = O>,
    ) -> AcquireSeveral<(usize, Vec<Held>)> {
        let shares = |option: O| option.into_iter().map(Into::into).collect();
        let options = options.into_iter().map(shares).collect();
        AcquireSeveral::begin(self, &options, |taken| taken, Location::caller())
    }
}

impl From<Resource> for Share {
    fn from(resource: Resource) -> Self {
        Self { resource: resource.id, claim: Claim::new() }
    }
}

impl From<(Resource, Claim)> for Share {
    fn from((resource, claim): (Resource, Claim)) -> Self {
        Self { resource: resource.id, claim }
    }
}

/// Waits for units of several resources; see [`Process::acquire_all`] and
/// [`Process::acquire_any`].
#[must_use = "a claim that nobody awaits holds nothing: write \
              `let _units = p.acquire_all(...).await;`"]
pub struct AcquireSeveral<T> {
    wait: Wait,
    several: Rc<Several>,
    result: fn(Taken) -> T,
    handed_out: bool,
}

impl<T> AcquireSeveral<T> {
    fn begin<M: Message>(
        process: &Process<M>,
        options: &Options,
        result: fn(Taken) -> T,
        place: Place,
    ) -> Self {
        let (wait, mut kernel) = Wait::begin_at(process, place);
        let claimant = Claimant::Process(wait.waiter());
        let user = || User::new(Claimant::Process(wait.waiter()));
        let several = kernel.claim_several(options, claimant, user);
        drop(kernel);
        Self { wait, several, result, handed_out: false }
    }

    /// Stops waiting: leaves the lines. Units that were granted at this very instant go back. It
    /// does the same as dropping the future.
    pub fn give_up(self) {}
}

impl<T> Future for AcquireSeveral<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        self.poll_look(context)
    }
}

impl<T> Sealed for AcquireSeveral<T> {
    fn look(&self, context: &mut Context<'_>) -> bool {
        self.wait.poll(context).is_ready() && self.several.granted.get().is_some()
    }

    fn is_decided(&self) -> bool {
        self.wait.is_decided() && self.several.granted.get().is_some()
    }

    fn take(&mut self) -> T {
        if std::mem::replace(&mut self.handed_out, true) {
            spent(self.wait.place());
        }
        let which = self.several.granted.get().expect("what has come was granted");
        let returns = self.wait.returns();
        let parts = self.several.options[which].iter();
        let held = parts.map(|part| Held::new(returns, part.resource, part.ticket)).collect();
        (self.result)((which, held))
    }
}

impl<T> Drop for AcquireSeveral<T> {
    fn drop(&mut self) {
        if self.handed_out {
            return;
        }
        // A line that it has left for another finds nothing.
        for (resource, ticket) in &self.several.lines {
            self.wait.leave(*resource, *ticket, 0, give_up);
        }
    }
}

impl<T> fmt::Debug for AcquireSeveral<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AcquireSeveral of {}", self.several.lines.len())
    }
}
