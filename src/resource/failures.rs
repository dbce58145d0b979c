//! Units that fail and are repaired.

use crate::actor::SpawnOptions;
use crate::line::Claim;
use crate::process::{Begun, Process, Reason, Wait};
use crate::random::Distribution;
use crate::resource::environment::Environment;
use crate::resource::facility::Resource;
use crate::resource::shifts::Shortage;
use crate::resource::units::Units;
use crate::time::Span;
use std::future::poll_fn;

/// How the units of a resource fail, and how they are repaired; see [`Resource::fail`].
///
/// While a unit is down, it is not in the capacity. Units are interchangeable: if one fails and
/// another is free, the work goes on there. For machines that are told apart, make a resource of
/// one unit for each.
///
/// # Examples
/// A drill that fails after an hour of use on average, and is repaired by one of two mechanics:
/// ```
/// use flagfall::random::Distribution;
/// use flagfall::resource::{Claim, Failures};
/// use flagfall::{Config, Resource, Simulation, Span, VirtualTime};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut simulation = Simulation::new(Config::new(42).horizon(VirtualTime::from_hours(1_000)));
/// let drill = Resource::new(&mut simulation, "drill", 1);
/// let mechanics = Resource::new(&mut simulation, "mechanics", 2);
/// let until_failure = Distribution::exponential(3_600.0)?;
/// let repair = Distribution::gamma(2.0, 300.0)?;
/// let failures = Failures::by_use(until_failure, repair).crew(mechanics, Claim::new());
/// drill.fail(&mut simulation, "wear", failures);
/// simulation.process("work", async move |p| {
///     loop {
///         let part = Claim::new().resume();
///         drill.serve(&p, part, Span::from_mins(7)).await.expect("it resumes");
///     }
/// });
/// simulation.run()?;
/// // Of 70 minutes, it is down for 10.
/// let down = drill.statistics(&simulation).mean_down;
/// assert!((down - 1.0 / 7.0).abs() < 0.02, "{down}");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Failures {
    until_failure: Distribution,
    repair: Distribution,
    by_use: bool,
    crew: Option<(Resource, Claim)>,
    shortage: Shortage,
}

impl Failures {
    fn new(until_failure: Distribution, repair: Distribution, by_use: bool) -> Self {
        Self { until_failure, repair, by_use, crew: None, shortage: Shortage::Preempt }
    }

    /// Each unit fails a while after the start, and after each of its repairs, whether it is used or
    /// not. Both distributions are of seconds.
    ///
    /// A run with such failures has no end by itself: give it a
    /// [horizon](crate::Config::horizon).
    #[must_use]
    pub fn by_clock(until_failure: Distribution, repair: Distribution) -> Self {
        Self::new(until_failure, repair, false)
    }

    /// A unit fails whenever the resource has been in use for a while since the last failure. The
    /// use of all its units adds up; work that is finished on a unit that is down does not count.
    /// Both distributions are of seconds.
    #[must_use]
    pub fn by_use(until_failure: Distribution, repair: Distribution) -> Self {
        Self::new(until_failure, repair, true)
    }

    /// Who repairs: a repair begins when this claim is granted, and holds it to the end. One crew
    /// can be shared by many resources. A repair that is preempted goes on with what is left of
    /// it, as [`Resource::serve`] does. If the claim gives up, the unit is up again, although the
    /// repair was not finished.
    #[must_use]
    pub fn crew(self, crew: Resource, claim: Claim) -> Self {
        Self { crew: Some((crew, claim)), ..self }
    }

    /// What happens to those in service if there are fewer units then. The default is
    /// [`Preempt`](Shortage::Preempt): claims that yield lose their units, others finish.
    #[must_use]
    pub fn shortage(self, shortage: Shortage) -> Self {
        Self { shortage, ..self }
    }
}

impl Resource {
    /// Lets its units fail and be repaired. A resource can fail for several reasons, each with a
    /// name of its own, which also names the random numbers.
    ///
    /// The units are those of now; with a schedule, as many as it ever has. Then those that are off
    /// shift fail by the clock as well, and each takes one from those that are there: for units
    /// that fail on shift alone, let them fail by use, or make a resource for each shift. A
    /// resource that gets more units later needs more failures.
    ///
    /// It starts a process of that name in the background. Fails the run if the name is taken, or
    /// if a distribution can be negative.
    #[track_caller]
    pub fn fail(
        &self,
        environment: &mut impl Environment,
        name: impl Into<SpawnOptions>,
        failures: Failures,
    ) {
        let (resource, name) = (*self, name.into());
        environment.touch(|kernel| {
            let id = resource.id.owned(kernel);
            let units = kernel.resource(id).map_or(0, Units::could_fail);
            kernel.process(None, &name, async move |p: Process| {
                p.background();
                resource.fail_for_ever(p, failures, units).await;
            });
        });
    }

    async fn fail_for_ever(self, p: Process, failures: Failures, units: u64) {
        let count = if failures.by_use { 1 } else { units };
        for unit in 1..u32::try_from(count).unwrap_or(u32::MAX) {
            let failures = failures.clone();
            p.process(("unit", unit), async move |p| self.fail_by_clock(p, failures).await);
        }
        if failures.by_use {
            self.fail_by_use(p, failures).await;
        } else {
            self.fail_by_clock(p, failures).await;
        }
    }

    async fn fail_by_clock(self, p: Process, failures: Failures) {
        p.background();
        let mut spans = p.stream("until failure");
        let mut repairs = p.stream("repair");
        loop {
            p.sleep(failures.until_failure.draw_span(&mut spans)).await;
            self.set_down(&p, true, failures.shortage);
            let repair = failures.repair.draw_span(&mut repairs);
            self.repair(&p, &failures, repair).await;
        }
    }

    async fn fail_by_use(self, p: Process, failures: Failures) {
        let mut spans = p.stream("until failure");
        let mut repairs = p.stream("repair");
        for number in 0.. {
            self.used(&p, failures.until_failure.draw_span(&mut spans)).await;
            self.set_down(&p, true, failures.shortage);
            // Other units can fail meanwhile.
            let (failures, repair) = (failures.clone(), failures.repair.draw_span(&mut repairs));
            p.process(("repair", number), async move |p| {
                p.background();
                self.repair(&p, &failures, repair).await;
            });
        }
    }

    async fn repair(self, p: &Process, failures: &Failures, span: Span) {
        match failures.crew {
            Some((crew, claim)) => _ = crew.serve(p, claim, span).await,
            None => p.sleep(span).await,
        }
        self.set_down(p, false, failures.shortage);
    }

    fn set_down(self, p: &Process, fails: bool, shortage: Shortage) {
        let kernel = &mut *p.act();
        let id = self.id.owned(kernel);
        kernel.set_down(id, fails, shortage);
    }

    /// Waits until its units have been in use for that long, from now on. Units that are in use at
    /// the same time add up; work that is finished on a unit that is down does not count. It is over
    /// at the first nanosecond with at least so much use.
    ///
    /// # Examples
    /// Maintenance after each ten minutes of use:
    /// ```
    /// use flagfall::{Config, Resource, Simulation, Span};
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let lathe = Resource::new(&mut simulation, "lathe", 1);
    /// let maintenance = simulation.process("maintenance", async move |p| {
    ///     lathe.used(&p, Span::from_mins(10)).await;
    ///     p.now()
    /// });
    /// simulation.process("jobs", async move |p| {
    ///     for _ in 0..5 {
    ///         let job = lathe.acquire(&p).await;
    ///         p.sleep(Span::from_mins(4)).await;
    ///         drop(job);
    ///         p.sleep(Span::from_mins(1)).await;
    ///     }
    /// });
    /// simulation.run()?;
    /// assert_eq!(maintenance.result().unwrap().to_string(), "720s");
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    #[track_caller]
    #[must_use = "nothing is waited for until this is awaited: write `.await`"]
    pub fn used<'a, M: crate::actor::Message>(
        &self,
        process: &'a Process<M>,
        span: Span,
    ) -> impl Future<Output = ()> + use<'a, M> {
        let resource = self.id;
        let mut begun = Begun::new(process);
        async move {
            begun.ask();
            let id = resource.owned(&mut process.act_at(begun.place));
            let wait = Wait::open_for(process, Reason::Use(id), begun.place);
            process.act_at(begun.place).wake_after_use(id, span, wait.waiter());
            poll_fn(|context| wait.poll(context)).await;
        }
    }
}
