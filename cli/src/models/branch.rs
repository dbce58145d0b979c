//! Models whose runs can be copied, saved and resumed.

use flagfall::snapshot::{Header, decode, encode};
use flagfall::{Model, Resumed, Simulation, SnapshotError, TypeRegistry};
use serde::{Serialize, de::DeserializeOwned};
use std::io::{Read, Write};

/// A [`Model`] whose runs can be copied and saved: its actors and its handles can.
pub trait Branching: Model<Handles: Clone + Serialize + DeserializeOwned> {
    /// The types of its actors.
    fn types() -> TypeRegistry;

    /// Turns handles of a run into handles of its copy. Observers start again there, with
    /// what they have gathered; the handles must share nothing with those of the run.
    fn attach(handles: Self::Handles, _copy: &mut Simulation) -> Self::Handles {
        handles
    }

    /// Copies a run of the model that has begun, with its handles.
    ///
    /// # Errors
    /// As [`Simulation::fork`].
    ///
    /// # Examples
    /// Two days that are the same until noon:
    /// ```
    /// use flagfall::{Config, Model, Simulation};
    /// use flagfall_cli::models::{Branching, DEFAULT_LATENCY, taxi_fleet::TaxiFleet};
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
        let handles = Self::attach(handles.clone(), &mut branch);
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
pub fn save_run<M: Branching + Serialize>(
    model: &M,
    simulation: &Simulation,
    handles: &M::Handles,
    scenario: &[String],
    out: impl Write,
) -> Result<(), SnapshotError> {
    simulation.save(scenario, &encode(&(model, handles), "model")?, out)
}

/// Reads a run of a model.
///
/// # Errors
/// As [`Simulation::resume`].
///
/// # Examples
/// ```
/// use flagfall::{Config, Model, Simulation};
/// use flagfall_cli::models::taxi_fleet::TaxiFleet;
/// use flagfall_cli::models::{Branching, resume_run, save_run};
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
pub fn resume_run<M: Branching + DeserializeOwned>(
    input: impl Read,
) -> Result<ResumedRun<M>, SnapshotError> {
    let Resumed { mut simulation, header, attached, .. } = Simulation::resume(&M::types(), input)?;
    let (model, handles): (M, M::Handles) = decode(&attached, "model")?;
    let handles = M::attach(handles, &mut simulation);
    Ok(ResumedRun { model, handles, simulation, header })
}
