//! Resources whose capacity changes.

use crate::actor::SpawnOptions;
use crate::error::ErrorKind;
use crate::resource::environment::Environment;
use crate::resource::facility::Resource;
use crate::resource::shifts::{Shifts, Shortage};
use crate::resource::units::Units;
use crate::schedule::Schedule;

impl Resource {
    /// Makes a resource whose number of units follows a schedule, such as the shifts of nurses;
    /// `shortage` says what happens to those in service when it falls.
    ///
    /// The schedule does not keep a run going: if nothing else is to come, the run is over. A change
    /// holds for all claims of its instant.
    ///
    /// Fails the run if the name is taken, or if there are never any units.
    ///
    /// # Examples
    /// A clerk who goes home at noon and comes back the next morning, and a job of three hours:
    /// ```
    /// use flagfall::resource::{Claim, Shortage};
    /// use flagfall::{Config, Resource, Simulation, Span, VirtualTime};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// for (shortage, end) in [(Shortage::Finish, 14), (Shortage::Preempt, 34)] {
    ///     let mut simulation = Simulation::new(Config::new(42));
    ///     let shifts = "daily(0: 0, 8h: 1, 12h: 0)".parse()?;
    ///     let clerk = Resource::scheduled(&mut simulation, "clerk", shifts, shortage);
    ///     simulation.process("job", async move |p| {
    ///         p.sleep(Span::from_hours(11)).await;
    ///         let job = Claim::new().resume();
    ///         clerk.serve(&p, job, Span::from_hours(3)).await.expect("it resumes");
    ///     });
    ///     simulation.run()?;
    ///     assert_eq!(simulation.now(), VirtualTime::from_hours(end));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn scheduled(
        environment: &mut impl Environment,
        name: impl Into<SpawnOptions>,
        schedule: Schedule<u64>,
        shortage: Shortage,
    ) -> Self {
        let name = name.into();
        let most = schedule.values().copied().max().unwrap_or(0);
        let id = environment.touch(|kernel| {
            kernel.add_resource(&name, most, |kernel| {
                let shifts = Shifts::new(schedule, kernel.now);
                Box::new(Units::scheduled(shifts, shortage, kernel.now))
            })
        });
        Self { id }
    }

    /// Changes how many units there are, from now on; there may be none. `shortage` says what
    /// happens to those in service if there are fewer than they hold.
    ///
    /// Fails the run if the capacity follows a [schedule](Self::scheduled).
    ///
    /// # Examples
    /// ```
    /// use flagfall::resource::Shortage;
    /// use flagfall::{Config, Resource, Simulation, Span};
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let tills = Resource::new(&mut simulation, "tills", 1);
    /// for number in 0..4 {
    ///     simulation.process(("customer", number), async move |p| {
    ///         let _till = tills.acquire(&p).await;
    ///         p.sleep(Span::from_secs(60)).await;
    ///     });
    /// }
    /// // A second till opens after a minute.
    /// simulation.process("manager", async move |mut p| {
    ///     p.sleep(Span::from_secs(60)).await;
    ///     tills.set_capacity(&mut p, 2, Shortage::Finish);
    /// });
    /// simulation.run()?;
    /// assert_eq!(simulation.now().to_string(), "180s");
    /// assert_eq!(tills.statistics(&simulation).mean_capacity, 5.0 / 3.0);
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    #[track_caller]
    pub fn set_capacity(
        &self,
        environment: &mut impl Environment,
        capacity: u64,
        shortage: Shortage,
    ) {
        environment.touch(|kernel| {
            let id = self.id.owned(kernel);
            if !kernel.set_capacity(id, capacity, shortage) {
                let resource = kernel.entities.path(id).to_string();
                kernel.fail(ErrorKind::FollowsSchedule { resource });
            }
        });
    }
}
