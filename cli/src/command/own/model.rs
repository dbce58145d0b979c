//! What a model has to say so that the command can run it.

use super::copies::Copies;
use crate::report::json::Fields;
use crate::report::{self, Language};
use crate::scenario::Setting;
use flagfall::measure::{Measures, Series};
use flagfall::network::Latency;
use flagfall::time::Span;
use flagfall::{Config, Simulation};
use std::io::{self, Write};

/// What is known before the first run.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Preparation<'a> {
    /// The settings of all runs.
    pub config: &'a Config,
    /// Whether the lists of the JSON object are shown: not with `--summary`, and not in a study.
    pub lists: bool,
}

/// Why a model cannot be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrepareError {
    /// What is wrong with the options, and what to write instead: exit code 2.
    Options(String),
    /// Which file cannot be used, and why: exit code 3.
    File(String),
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown {
    pub(crate) language: Language,
    pub(crate) lists: bool,
}

/// A run that is over, of a model with handles `H`, and how it is shown.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Ended<'a, H> {
    /// The simulation, at its end.
    pub simulation: &'a Simulation,
    /// What [`OwnModel::start`] returned.
    pub handles: &'a H,
    /// The language of the model's own texts, if it has two.
    pub language: Language,
    /// Whether the JSON object has lists; not with `--summary`.
    pub lists: bool,
}

/// Your own model: its parameters, which are options of the command line, what it puts into a
/// simulation, and the results of a run.
///
/// [`clap::Args`] derives the options. Each doc comment is a help text, and that of the type is
/// the model's. Each option has a long name that is not one of flagfall's, and takes one value
/// or none. A `Vec` field is an option that can be repeated, or a list with
/// `value_delimiter = ','`. Scenario files, trace headers and replays know the options from
/// `clap`: there is nothing more to write. The same model, options and seed give the same run,
/// if the model is deterministic.
///
/// The model decides what it draws, from streams that it takes by name
/// ([`Process::stream`](flagfall::Process::stream)), so that replications can be compared.
///
/// # Panics
/// A panic in any of the functions is an error of the run: the command prints it with the
/// command line that repeats it, and ends with exit code 1.
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
/// It prints one measure on each line: `served`, which is 100, and `mean_wait` in seconds.
///
/// # Lines and fields of its own
/// By default, the text is the measures, and the JSON has them and the options. A model can
/// print more:
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

    /// The default of `--latency`: how long messages travel.
    const LATENCY: Latency = Latency::Fixed(Span::ZERO);

    /// Whether [`text`](Self::text) and [`json`](Self::json) follow `--lang`.
    const HAS_LANGUAGES: bool = false;

    /// The options that name files which the model writes. What is in the files that other options
    /// name decides its runs: a study whose files were changed meanwhile is another one.
    const WRITES: &'static [&'static str] = &[];

    /// What [`measure`](Self::measure) needs to find the actors.
    type Handles: 'static;

    /// Puts actors, processes and resources into a simulation, and schedules the first event.
    fn start(&self, simulation: &mut Simulation) -> Self::Handles;

    /// Adds the results of a run. Their names, units and order must be the same in all runs,
    /// with any parameters: they are the columns of a study. What the
    /// [collectors](flagfall::collect) of the run have collected is added after them, except for
    /// names that are there. So a model that makes its collectors in its start need not have this.
    fn measure(&self, simulation: &Simulation, handles: &Self::Handles, measures: &mut Measures) {
        let _ = (simulation, handles, measures);
    }

    /// Observations in the order of the run, such as the wait of each customer: they show where
    /// the warm-up ends. Those of [collectors](flagfall::collect::Series) are added.
    fn series(&self, simulation: &Simulation, handles: &Self::Handles) -> Vec<Series> {
        let _ = (simulation, handles);
        Vec::new()
    }

    /// Checks the options together; `clap` has checked each one.
    ///
    /// # Errors
    /// What is wrong and what to write instead: the exit code is 2.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }

    /// Prepares what all runs need, once, before the first run: reads the files that options
    /// name, computes what follows from the settings. A run that is resumed from a snapshot is
    /// not prepared again, as the files may be gone.
    ///
    /// # Errors
    /// Why the model cannot be run.
    fn prepare(&mut self, preparation: &Preparation<'_>) -> Result<(), PrepareError> {
        let _ = preparation;
        Ok(())
    }

    /// The options that give the parameters, for scenario files; `None` for the options as the
    /// user wrote them. Studies and traces are compared by them. With them, `1s` and `1000ms`
    /// are the same, and the contents of files count, not their names. Without them, both count
    /// in studies.
    fn settings(&self) -> Option<Vec<Setting>> {
        None
    }

    /// What an actor of that path is called on pages, such as `Daniel` for `dispatcher/taxi[0]`;
    /// `None` for its path.
    fn title(&self, path: &str) -> Option<String> {
        let _ = path;
        None
    }

    /// What the user should know about the results.
    fn note(&self) -> Option<String> {
        None
    }

    /// Writes the results of a run as text. By default, these are the measures, one on a line.
    ///
    /// # Errors
    /// What writing to `out` returns.
    fn text(&self, ended: &Ended<'_, Self::Handles>, out: &mut dyn Write) -> io::Result<()> {
        let mut measures = Measures::new();
        self.measure(ended.simulation, ended.handles, &mut measures);
        measures.and(&ended.simulation.collected());
        report::measures(out, &measures)
    }

    /// Adds the fields of the JSON object before its measures. By default, this is `parameters`.
    fn json(&self, ended: &Ended<'_, Self::Handles>, fields: &mut Fields<'_>) {
        let _ = ended;
        fields.parameters();
    }

    /// How runs are copied and saved: needed for `run --snapshot` and `resume`. Without it, `fork`
    /// makes each run again from the start.
    fn copies() -> Option<Copies<Self::Handles>> {
        None
    }
}
