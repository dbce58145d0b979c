//! Working with units until they are lost.

use crate::actor::Message;
use crate::error::ErrorKind;
use crate::features::Kernel;
use crate::process::{Begun, Either, Place, Process, Reason, Sleep, Wait, either};
use crate::resource::environment::Environment;
use crate::resource::held::Held;
use crate::resource::preempted::{Preempted, Unfinished};
use crate::resource::resources::read_elsewhere;
use crate::resource::units::Units;
use crate::time::Span;
use std::future::poll_fn;
use std::rc::Rc;

impl Held {
    /// Whether the units were taken away.
    ///
    /// # Panics
    /// If the units are of another simulation.
    #[track_caller]
    #[must_use]
    pub fn is_lost(&self, environment: &impl Environment) -> bool {
        environment.reads(self.resource);
        match environment.look(|kernel| self.is_of(kernel).then(|| self.loss(kernel).is_some())) {
            Some(is_lost) => is_lost,
            None => read_elsewhere(),
        }
    }

    /// The loss, if the units were taken away.
    fn loss(&self, kernel: &Kernel) -> Option<Rc<Preempted>> {
        kernel.resource::<Units>(self.resource)?.lost.get(&self.ticket).cloned()
    }

    /// Waits until the units are taken away; for ever, if the claim does not yield. Any process may
    /// wait, not only the one that claimed.
    #[track_caller]
    pub fn preempted<'a, M: Message>(
        &'a self,
        process: &'a Process<M>,
    ) -> impl Future<Output = Preempted> + use<'a, M> {
        let mut begun = Begun::new(process);
        async move {
            begun.ask();
            Rc::unwrap_or_clone(self.until_lost(process, begun.place).await)
        }
    }

    async fn until_lost<M: Message>(&self, process: &Process<M>, place: Place) -> Rc<Preempted> {
        if let Some(preempted) = self.known_loss(process, place) {
            return preempted;
        }
        let wait = Wait::open_for(process, Reason::Loss, place);
        process.act_at(place).with_resource(self.resource, |state: &mut Units, _| {
            state.watch(self.ticket, wait.waiter());
        });
        poll_fn(|context| wait.poll(context)).await;
        self.loss(&process.look_at(place)).expect("a loss is kept until what was held is dropped")
    }

    /// Whether the units were taken away, or can be. Most cannot, and work needs no second wait
    /// then. Fails the run if the units are of another simulation.
    fn can_be_lost<M: Message>(&self, process: &Process<M>, place: Place) -> bool {
        let kernel = &mut *process.act_at(place);
        if !self.is_of(kernel) {
            kernel.fail(ErrorKind::ForeignReference);
            return false;
        }
        let units = kernel.resource::<Units>(self.resource);
        units.is_some_and(|Units { lost, facility, .. }| {
            lost.contains_key(&self.ticket) || facility.yields_at(self.ticket)
        })
    }

    /// The loss, if there was one. Fails the run if the units are of another simulation.
    fn known_loss<M: Message>(&self, process: &Process<M>, place: Place) -> Option<Rc<Preempted>> {
        let kernel = &mut *process.act_at(place);
        if !self.is_of(kernel) {
            kernel.fail(ErrorKind::ForeignReference);
            return None;
        }
        self.loss(kernel)
    }

    /// Works for `span`, unless the units are taken away first. Any process may work with the units
    /// that it has, also several times one after the other.
    ///
    /// Work that is complete at the instant of the loss is complete. So is work of no length,
    /// unless the loss came at an earlier instant.
    ///
    /// # Errors
    /// The remaining work: the whole span, if the units were taken away before the work began. To
    /// resume, claim again and work for what remains. To restart, work for the whole span.
    /// [`Resource::serve`](super::Resource::serve) does either.
    ///
    /// # Examples
    /// A job that yields and is resumed. It claims again at the instant of the loss, and so keeps
    /// its place among claims of the same priority:
    /// ```
    /// use flagfall::resource::Claim;
    /// use flagfall::{Config, Process, Resource, Simulation, Span};
    ///
    /// async fn job(p: Process, lathe: Resource) -> String {
    ///     let mut left = Span::from_secs(10);
    ///     loop {
    ///         let held = lathe.acquire_as(&p, Claim::new().yielding()).await;
    ///         match held.work(&p, left).await {
    ///             Ok(()) => return p.now().to_string(),
    ///             Err(unfinished) => left = unfinished.remaining,
    ///         }
    ///     }
    /// }
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let lathe = Resource::new(&mut simulation, "lathe", 1);
    /// let job = simulation.process("job", move |p: Process| job(p, lathe));
    /// simulation.process("urgent", async move |p| {
    ///     p.sleep(Span::from_secs(4)).await;
    ///     let _lathe = lathe.acquire_as(&p, Claim::new().priority(-1).preempting()).await;
    ///     p.sleep(Span::from_secs(3)).await;
    /// });
    /// simulation.run()?;
    /// assert_eq!(job.result().as_deref(), Some("13s"));
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    #[track_caller]
    pub fn work<'a, M: Message>(
        &'a self,
        process: &'a Process<M>,
        span: Span,
    ) -> impl Future<Output = Result<(), Unfinished>> + use<'a, M> {
        let mut begun = Begun::new(process);
        async move {
            begun.ask();
            let done = self.work_at(process, span, begun.place).await;
            done.map_err(|(remaining, preempted)| Unfinished::new(remaining, preempted))
        }
    }

    /// The same; the error is what remains, and the loss.
    pub(super) async fn work_at<M: Message>(
        &self,
        process: &Process<M>,
        span: Span,
        place: Place,
    ) -> Result<(), (Span, Rc<Preempted>)> {
        let start = process.look_at(place).now;
        let sleep = Sleep::begin(process, span, place);
        if !self.can_be_lost(process, place) {
            sleep.await;
            return Ok(());
        }
        match either(self.until_lost(process, place), sleep).await {
            Either::Second(()) => Ok(()),
            // If this was polled late, the work may have ended before the loss. Or the loss may
            // have come before the work.
            Either::First(preempted) => match preempted.at.checked_since(start) {
                Some(done) if done >= span => Ok(()),
                done => Err((span - done.unwrap_or(Span::ZERO), preempted)),
            },
        }
    }
}
