//! Models whose runs can be copied, saved and resumed.

use flagfall::model::Model;
use flagfall::snapshot::{Header, decode, encode};
use flagfall::{Simulation, SnapshotError, TypeRegistry};
use serde::{Serialize, de::DeserializeOwned};
use std::io::{Read, Write};

/// A [`Model`] that has opted in: all its types can be copied and saved, and its
/// handles follow.
pub trait Branching: Model {
    /// What the handles hold, as plain data: what an observer has gathered is in
    /// there, too.
    type Kept: Clone;

    /// The types of its actors.
    fn types() -> TypeRegistry;

    /// What the handles hold.
    fn keep(&self, handles: &Self::Handles) -> Self::Kept;

    /// Handles of a copy of the run, which have gathered what was kept. Observers
    /// begin again here.
    fn attach(&self, kept: Self::Kept, simulation: &mut Simulation) -> Self::Handles;

    /// Copies a run of the model that has begun, with its handles.
    ///
    /// # Errors
    /// As [`Simulation::fork`].
    ///
    /// # Examples
    /// Two days that are the same until noon:
    /// ```
    /// use flagfall_cli::models::taxi_fleet::TaxiFleet;
    /// use flagfall::Model;
    /// use flagfall_cli::models::Branching;
    /// use flagfall_cli::models::DEFAULT_LATENCY;
    /// use flagfall::{Config, Simulation};
    ///
    /// let fleet = TaxiFleet::default();
    /// let mut simulation = Simulation::new(Config::new(42).latency(DEFAULT_LATENCY));
    /// simulation.register(&TaxiFleet::types());
    /// let handles = fleet.start(&mut simulation);
    /// simulation.run_until("5s".parse()?)?;
    ///
    /// let (mut branch, branch_handles) = fleet.fork_run(&simulation, &handles)?;
    /// branch.reseed(7);
    /// simulation.run()?;
    /// branch.run()?;
    /// let day = fleet.collect(&simulation, &handles);
    /// let other = fleet.collect(&branch, &branch_handles);
    /// assert_eq!(day.rides[..5], other.rides[..5]);
    /// assert_ne!(day.rides, other.rides);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn fork_run(
        &self,
        simulation: &Simulation,
        handles: &Self::Handles,
    ) -> Result<(Simulation, Self::Handles), SnapshotError> {
        let mut branch = simulation.fork()?;
        let handles = self.attach(self.keep(handles), &mut branch);
        Ok((branch, handles))
    }
}

/// A run of a model that was read from a file.
#[derive(Debug)]
pub struct ResumedRun<M: Branching> {
    /// The model with its parameters.
    pub model: M,
    /// Its handles.
    pub handles: M::Handles,
    /// The simulation, to be run.
    pub simulation: Simulation,
    /// What the file says of itself.
    pub header: Header,
}

/// Saves a run of a model that has begun, with its parameters and handles.
///
/// # Errors
/// As [`Simulation::save`].
pub fn save_run<M>(
    model: &M,
    simulation: &Simulation,
    handles: &M::Handles,
    scenario: &[String],
    out: impl Write,
) -> Result<(), SnapshotError>
where
    M: Branching + Serialize,
    M::Kept: Serialize,
{
    let attached = encode(&(model, model.keep(handles)), "model")?;
    simulation.save(scenario, &attached, out)
}

/// Reads a run of a model.
///
/// # Errors
/// As [`Simulation::resume`].
///
/// # Examples
/// ```
/// use flagfall_cli::models::taxi_fleet::TaxiFleet;
/// use flagfall::Model;
/// use flagfall_cli::models::{Branching, resume_run, save_run};
/// use flagfall::{Config, Simulation};
///
/// let fleet = TaxiFleet::default();
/// let mut simulation = Simulation::new(Config::new(42));
/// simulation.register(&TaxiFleet::types());
/// let handles = fleet.start(&mut simulation);
/// simulation.run_until("5s".parse()?)?;
///
/// let mut file = Vec::new();
/// save_run(&fleet, &simulation, &handles, &[], &mut file)?;
/// let mut resumed = resume_run::<TaxiFleet>(file.as_slice())?;
///
/// simulation.run()?;
/// resumed.simulation.run()?;
/// assert_eq!(resumed.simulation.digest(), simulation.digest());
/// let day = resumed.model.collect(&resumed.simulation, &resumed.handles);
/// assert_eq!(day, fleet.collect(&simulation, &handles));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn resume_run<M>(input: impl Read) -> Result<ResumedRun<M>, SnapshotError>
where
    M: Branching + DeserializeOwned,
    M::Kept: DeserializeOwned,
{
    let resumed = Simulation::resume(&M::types(), input)?;
    let (model, kept): (M, M::Kept) = decode(&resumed.attached, "model")?;
    let mut simulation = resumed.simulation;
    let handles = model.attach(kept, &mut simulation);
    Ok(ResumedRun { model, handles, simulation, header: resumed.header })
}
