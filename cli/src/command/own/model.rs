//! What a model says of itself, so that the command can run it.

use super::copies::Copies;
use crate::report::json::Fields;
use crate::report::{Language, text};
use crate::scenario::Setting;
use flagfall::measure::{Measures, Series};
use flagfall::network::Latency;
use flagfall::time::Span;
use flagfall::{Config, Simulation};
use std::io::{self, Write};

/// What is known before the first run: the settings of the runs, and what is shown of them.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Preparation<'a> {
    /// The settings of all runs.
    pub config: &'a Config,
    /// Whether lists are shown that only the JSON object has; not with `--summary`, and not
    /// in a study.
    pub lists: bool,
}

/// Why a model cannot be run as it is asked to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrepareError {
    /// The options are wrong, and what to write instead: exit code 2.
    Options(String),
    /// A file cannot be used, and why: exit code 3.
    File(String),
}

/// How runs are shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown {
    pub(crate) language: Language,
    pub(crate) lists: bool,
}

/// A run of a model with handles `H` that is over, and how it is shown.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Ended<'a, H> {
    /// The simulation, at its end.
    pub simulation: &'a Simulation,
    /// What [`OwnModel::start`] gave.
    pub handles: &'a H,
    /// The language of the model's own texts, if it has them in two.
    pub language: Language,
    /// Whether the JSON object has lists; not with `--summary`.
    pub lists: bool,
}

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
/// use flagfall::{Measures, Resource, Simulation, Span};
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
///         simulation.process("door", async move |p| {
///             let (mut gaps, mut services) = (p.stream("gaps"), p.stream("services"));
///             for customer in 0..100 {
///                 p.sleep(gaps.exponential(every)).await;
///                 let service = services.exponential(Span::from_secs(60));
///                 p.process_apart(("customer", customer), async move |p| {
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
///
/// # Lines and fields of its own
/// Models print measures, and options in JSON. One that has more to show says so:
/// ```
/// # use flagfall::{Measures, Simulation};
/// use flagfall_cli::{Ended, Fields, OwnModel};
/// use std::io::Write;
///
/// /// Throws of a die
/// #[derive(clap::Args)]
/// struct Dice {
///     /// How many throws
///     #[arg(long, default_value_t = 3)]
///     throws: u32,
/// }
///
/// impl OwnModel for Dice {
///     const NAME: &'static str = "dice";
///     type Handles = Vec<u64>;
///
///     fn start(&self, simulation: &mut Simulation) -> Vec<u64> {
///         let mut stream = simulation.stream("throws");
///         (0..self.throws).map(|_| stream.range(1..=6)).collect()
///     }
///
///     fn measure(&self, _: &Simulation, thrown: &Vec<u64>, measures: &mut Measures) {
///         measures.count("sum", thrown.iter().sum());
///     }
///
///     fn text(&self, ended: &Ended<'_, Vec<u64>>, out: &mut dyn Write) -> std::io::Result<()> {
///         writeln!(out, "thrown: {:?}", ended.handles)
///     }
///
///     fn json(&self, ended: &Ended<'_, Vec<u64>>, fields: &mut Fields<'_>) {
///         fields.parameters();
///         // `--summary` leaves lists out.
///         if ended.lists {
///             fields.list("thrown", ended.handles);
///         }
///     }
/// }
///
/// # fn main() -> std::process::ExitCode {
/// flagfall_cli::main_of::<Dice>(["dice", "run", "dice", "--json"].map(Into::into))
/// # }
/// ```
pub trait OwnModel: clap::Args + Send + Sync + 'static {
    /// The name of the model on the command line.
    const NAME: &'static str;

    /// How long messages travel unless `--latency` says otherwise.
    const LATENCY: Latency = Latency::Fixed(Span::ZERO);

    /// Whether [`text`](Self::text) and [`json`](Self::json) follow `--lang`.
    const HAS_LANGUAGES: bool = false;

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

    /// Makes ready what all runs need, once, before the first of them: reads the files that
    /// options name, fills in what follows from the settings. A run that is resumed from a
    /// snapshot is not prepared again: the files may be gone.
    ///
    /// # Errors
    /// Why the model cannot be run so.
    fn prepare(&mut self, preparation: &Preparation<'_>) -> Result<(), PrepareError> {
        let _ = preparation;
        Ok(())
    }

    /// The options that say the same as the parameters, for scenario files; `None` for the
    /// options as they are given. Studies and traces are told apart by them: a model that has
    /// them says the same of `1s` and `1000ms`, and names what a file had in it.
    fn settings(&self) -> Option<Vec<Setting>> {
        None
    }

    /// What the user should know before the numbers are believed.
    fn note(&self) -> Option<String> {
        None
    }

    /// Writes what a run has come to as text: the measures, one a line, unless the model has
    /// lines of its own.
    ///
    /// # Errors
    /// What writing to `out` returns.
    fn text(&self, ended: &Ended<'_, Self::Handles>, out: &mut dyn Write) -> io::Result<()> {
        let mut measures = Measures::new();
        self.measure(ended.simulation, ended.handles, &mut measures);
        text::measures(out, &measures)
    }

    /// Adds the fields of the JSON object that stand before its measures: `parameters`, unless
    /// the model has others.
    fn json(&self, ended: &Ended<'_, Self::Handles>, fields: &mut Fields<'_>) {
        let _ = ended;
        fields.parameters();
    }

    /// How runs are copied and saved: `fork` then copies them, and `run --snapshot` and
    /// `resume` are there. Without it, `fork` runs again from the start.
    fn copies() -> Option<Copies<Self::Handles>> {
        None
    }
}
