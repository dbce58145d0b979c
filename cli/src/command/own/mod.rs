//! Models of one's own under the whole command line.
//!
//! A crate that depends on flagfall implements [`OwnModel`] for its parameters and
//! calls [`main_of`]; it then is a command with everything that `flagfall` does with
//! the models it brings along. [`Program`] has the rest: several models, a version,
//! the built-in models beside them.

mod adapter;
mod asked;
mod check;
mod program;

pub use program::Program;

pub(super) use adapter::{Kind, ModelPanic, OwnSystem};
pub(super) use program::program;

use flagfall::Simulation;
use flagfall::measure::{Measures, Series};
use std::ffi::OsString;
use std::process::ExitCode;

/// A model of one's own: its parameters, which are options of the command line, what it
/// puts into a simulation, and the numbers that a run comes to.
///
/// The options are those that [`clap::Args`] derives; every doc comment is a help text,
/// and the first one, of the type, is the model's. Each option has a long name that no
/// option of flagfall has, and takes one value at a time or none; `Vec` fields are given
/// again and again, or in a list with `value_delimiter = ','`. All of them are known to
/// scenario files, trace headers and replays by what `clap` knows of them; nothing more
/// has to be written. Same model, same options, same seed: the same run, if the model
/// keeps its part, as [the crate's documentation](crate) says.
///
/// What is drawn and when is up to the model; it takes its streams by name
/// ([`Process::stream`](flagfall::Process::stream)), so that replications compare.
///
/// # Panics
/// A panic in any of the functions is an error of the run: the command tells it with
/// the command line that repeats it, and ends with exit code 1.
///
/// # Examples
/// ```
/// use flagfall_cli::OwnModel;
/// use flagfall::{Measures, Process, Resource, Simulation, Span};
///
/// /// A till with one queue
/// #[derive(clap::Args)]
/// struct Till {
///     /// How many tills are open
///     #[arg(long, default_value_t = 1)]
///     tills: u64,
///     /// Mean span between two customers
///     #[arg(long, default_value = "90s")]
///     every: Span,
/// }
///
/// impl OwnModel for Till {
///     const NAME: &'static str = "till";
///     type Handles = Resource;
///
///     fn start(&self, simulation: &mut Simulation) -> Resource {
///         let till = Resource::new(simulation, "till", self.tills);
///         let every = self.every;
///         simulation.process("door", move |p: Process| async move {
///             let (mut gaps, mut services) = (p.stream("gaps"), p.stream("services"));
///             for customer in 0..100 {
///                 p.sleep(gaps.exponential(every)).await;
///                 let service = services.exponential(Span::from_secs(60));
///                 p.process_apart(("customer", customer), move |p: Process| async move {
///                     let _held = till.acquire(&p).await;
///                     p.sleep(service).await;
///                 });
///             }
///         });
///         till
///     }
///
///     fn measure(&self, simulation: &Simulation, till: &Resource, measures: &mut Measures) {
///         let statistics = till.statistics(simulation);
///         measures.count("served", statistics.granted).span("mean_wait", statistics.mean_wait);
///     }
/// }
///
/// # fn main() -> std::process::ExitCode {
/// // In the crate's main.rs, with std::env::args_os():
/// let arguments = ["till", "run", "till", "--tills", "2", "--seed", "7"];
/// flagfall_cli::main_of::<Till>(arguments.map(Into::into))
/// # }
/// ```
///
/// It prints a measure a line: `served`, which is 100, and `mean_wait` in seconds.
pub trait OwnModel: clap::Args + Send + Sync + 'static {
    /// The name of the model on the command line.
    const NAME: &'static str;

    /// What is needed to find the actors again when the run is measured.
    type Handles: 'static;

    /// Puts actors, processes and resources into a simulation and has the first event
    /// scheduled.
    fn start(&self, simulation: &mut Simulation) -> Self::Handles;

    /// Adds the numbers that a run has come to. Their names, units and order are the same
    /// in all runs, whatever the parameters: they are the columns of a study.
    fn measure(&self, simulation: &Simulation, handles: &Self::Handles, measures: &mut Measures);

    /// What the run observed one after the other, such as the wait of each customer, to
    /// see where its warm-up ends; nothing if the model has no such thing.
    fn series(&self, simulation: &Simulation, handles: &Self::Handles) -> Vec<Series> {
        let _ = (simulation, handles);
        Vec::new()
    }

    /// Whether the options make sense together; `clap` has checked each of them.
    ///
    /// # Errors
    /// What is wrong and what to write instead: told as a mistake on the command line,
    /// with exit code 2.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }
}

/// Runs the command whose one model is `M` with those arguments, the program's name
/// first, and returns its exit code: [`Program`] with no more than a model.
///
/// Hand it [`std::env::args_os`], which is what it tells to repeat a run by. The
/// program is called by the name of its file.
pub fn main_of<M: OwnModel>(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    Program::new().model::<M>().main(arguments)
}
