//! Studies of a function of the host, which makes the replications.

use super::command::{HostedAnswer, beside, here};
use super::progress::HostedProgress;
use super::{Host, NoResult};
use crate::command::arguments::{plain, told};
use crate::command::options::{Plan, ProcedureOf, SweepArgs};
use crate::command::studying::{Replicates, Study, default_path};
use crate::command::talk::Failure;
use crate::study::{Manifest, SelectionEntry};
use crate::words::counted;
use clap::{Arg, ArgAction, Args, Command, FromArgMatches};
use flagfall::experiment::{Experiment, Factor, Finished, Grid, Row};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A function of Python that is the model of a study, and the points where it is called.
#[derive(Clone, Debug, Default)]
pub struct HostedFunction {
    /// Its name, as it is written in a call.
    pub name: String,
    /// The seed of all streams, unless the grid varies it.
    pub seed: u64,
    /// What varies, and its levels as they are shown.
    pub factors: Vec<Factor>,
    /// The levels of each factor as they are written in a call: `'a'` for `a`. No two are equal.
    pub written: Vec<Vec<String>>,
    /// What else decides the results, by name: its source or its version.
    pub parameters: BTreeMap<String, String>,
    /// Arguments of the call that makes the study, besides the options of the study.
    pub arguments: Vec<String>,
    /// In how many processes replications are made; 1 stands for the calling thread of this one.
    pub processes: u32,
}

/// Why there is no result of a replication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotFinished {
    /// It failed: its row has this text.
    Failed(String),
    /// The study is to end. The replication has no row.
    Ends,
}

/// Makes a replication, given the number of its point and its own.
type Make<'a> = dyn Fn(usize, u64) -> Result<Finished, NotFinished> + Sync + 'a;

impl Host<'_> {
    /// Makes a study of a function, in a folder as those of `flagfall sweep`. `own` has the options
    /// of that command which are about the study (`--replications=20`). `make` makes each
    /// replication: on the calling thread if there is one process, or else on as many threads as
    /// processes. Nothing is printed. `goes_on` is asked every few milliseconds if there are
    /// several.
    ///
    /// # Errors
    /// [`NoResult`]: as [`command`](Host::command).
    ///
    /// # Examples
    /// ```
    /// use flagfall::Measures;
    /// use flagfall::experiment::Finished;
    /// use flagfall_cli::{Host, HostedFunction, Program};
    ///
    /// # let out = std::env::temp_dir().join(format!("function-{}", std::process::id()));
    /// let program = Program::flagfall();
    /// let function = HostedFunction {
    ///     name: "number".to_owned(),
    ///     seed: 42,
    ///     processes: 1,
    ///     ..HostedFunction::default()
    /// };
    /// let own = ["--replications=20".to_owned(), format!("--out={}", out.display())];
    /// let study = Host::new(&program).study(&function, &own, &|_, replication| {
    ///     let mut measures = Measures::new();
    ///     measures.count("replication", replication);
    ///     Ok(Finished { measures, events: 0, digest: None })
    /// }, &mut |_| true)?;
    /// assert!(study.out.contains(r#""mean":9.5"#));
    /// # std::fs::remove_dir_all(out).expect("it was made");
    /// # Ok::<(), flagfall_cli::NoResult>(())
    /// ```
    pub fn study(
        &self,
        function: &HostedFunction,
        own: &[String],
        make: &Make<'_>,
        goes_on: &mut dyn FnMut(HostedProgress) -> bool,
    ) -> Result<HostedAnswer, NoResult> {
        let (args, quiet) = options(own, function.processes)?;
        let (ends, done) = (Arc::new(AtomicBool::new(false)), Arc::default());
        let processes = function.processes;
        let work = || study(function, (&args, quiet), make, &ends);
        match processes {
            1 => here((&ends, &done), work),
            _ => beside((&ends, &done), work, goes_on),
        }
    }
}

/// The options of a study in those words.
fn options(own: &[String], processes: u32) -> Result<(SweepArgs, bool), Failure> {
    let quiet = Arg::new("quiet").long("quiet").action(ArgAction::SetTrue);
    let command = Command::new("study").no_binary_name(true).arg(quiet);
    let mut command = SweepArgs::augment_args(command);
    let matches = command.try_get_matches_from_mut(own).map_err(|error| {
        Failure::Usage(told(&error, &[&command]).unwrap_or_else(|| plain(&error)))
    })?;
    let args = SweepArgs::from_arg_matches(&matches);
    let mut args = args.map_err(|error| Failure::Bug(error.to_string()))?;
    args.threads = Some(processes);
    Ok((args, matches.get_flag("quiet")))
}

fn study(
    function: &HostedFunction,
    (args, quiet): (&SweepArgs, bool),
    make: &Make<'_>,
    ends: &AtomicBool,
) -> Result<(), Failure> {
    let count = function.factors.iter().map(|factor| factor.levels.len()).product();
    let plan = args.plan(count).map_err(Failure::Usage)?;
    if args.procedure == Some(ProcedureOf::Rinott) {
        return Err(Failure::Usage(
            "--procedure rinott needs points with seeds of their own, and a function has one seed: \
             choose by kn"
                .to_owned(),
        ));
    }
    let manifest = manifest(function, args, &plan)?;
    let path = args.out.clone().unwrap_or_else(|| default_path(&manifest));
    let again = manifest.call();
    let processes = function.processes;
    let pace = Arc::default();
    let runs = Calls { manifest: manifest.clone(), processes, make, pace, ends };
    let (how, again) = (args.how(), again.as_str());
    let Plan { replications, questions, .. } = plan;
    Study { how, quiet, json: true, manifest, replications, questions, path, again, runs }.run()
}

fn manifest(function: &HostedFunction, args: &SweepArgs, plan: &Plan) -> Result<Manifest, Failure> {
    let HostedFunction { name, seed, factors, written, parameters, .. } = function;
    let of_grid = |error| Failure::Usage(format!("--set: {error}"));
    let grid = Grid::new(factors.clone()).map_err(of_grid)?;
    // The levels of each point, as they are written in a call.
    let names = factors.iter().map(|factor| factor.name.clone());
    let calls = names.zip(written).map(|(name, levels)| Factor { name, levels: levels.clone() });
    let calls = Grid::new(calls.collect()).map_err(of_grid)?;
    let varies = factors.iter().any(|factor| factor.name == "seed");
    let call = |point: usize| {
        let levels = factors.iter().zip(calls.levels(point));
        let levels = levels.map(|(factor, level)| format!("{}={level}", factor.name));
        let seed = (!varies).then(|| format!("seed={seed}"));
        [name.clone()].into_iter().chain(levels).chain(seed).collect::<Vec<_>>()
    };
    let calls: Vec<_> = (0..grid.points()).map(call).collect();
    // What decides the results, and cannot be that of a model.
    let sized = |text: &String| format!("{}:{text}", text.len());
    let fixed: String =
        parameters.iter().flat_map(|(name, value)| [sized(name), sized(value)]).collect();
    let told = |call: &Vec<String>| {
        format!("function {} {fixed}", call.iter().map(sized).collect::<String>())
    };
    let mut scenarios: Vec<String> = calls.iter().map(told).collect();
    scenarios.extend(plan.selection.as_ref().map(SelectionEntry::decisive));
    let mut manifest =
        Manifest::new(name, *seed, &grid, &scenarios, &plan.replications, args.level);
    manifest.selection.clone_from(&plan.selection);
    manifest.function = true;
    manifest.parameters.clone_from(parameters);
    manifest.command = [&function.arguments[..], &keywords(&args.words())].concat();
    for (entry, call) in manifest.points.iter_mut().zip(calls) {
        entry.run = call;
    }
    Ok(manifest)
}

/// Options as the keywords of a call: `of=['a', 'b']` for `--of=a` and `--of=b`.
fn keywords(words: &[String]) -> Vec<String> {
    let mut keywords: Vec<(String, Vec<String>)> = Vec::new();
    for word in words {
        let (name, value) = word.trim_start_matches('-').split_once('=').unwrap_or((word, ""));
        let value = match value.parse::<f64>() {
            Ok(_) => value.to_owned(),
            Err(_) => format!("'{}'", value.replace('\\', r"\\").replace('\'', r"\'")),
        };
        match keywords.iter_mut().find(|(known, _)| known == name) {
            Some((_, values)) => values.push(value),
            None => keywords.push((name.to_owned(), vec![value])),
        }
    }
    let keyword = |(name, values): (String, Vec<String>)| match &values[..] {
        [value] => format!("{name}={value}"),
        values => format!("{name}=[{}]", values.join(", ")),
    };
    keywords.into_iter().map(keyword).collect()
}

/// The calls of the function.
struct Calls<'a> {
    manifest: Manifest,
    processes: u32,
    make: &'a Make<'a>,
    pace: Arc<Pace>,
    /// Set if the host wants the study to end.
    ends: &'a AtomicBool,
}

/// How long calls take: the point of the last one, and its time. Calls count no events, and so
/// a thread takes at once as many as take some milliseconds. No result depends on it.
#[derive(Debug, Default)]
struct Pace(Mutex<(usize, Duration)>);

impl Pace {
    /// The time of the calls that a thread takes at once.
    const AT_ONCE: Duration = Duration::from_millis(5);

    fn last(&self) -> MutexGuard<'_, (usize, Duration)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn took(&self, point: usize, time: Duration) {
        *self.last() = (point, time);
    }

    /// One at first: calls at another point may take much longer.
    fn at_once(&self, point: usize) -> u64 {
        let (last, time) = *self.last();
        if last != point || time.is_zero() {
            return 1;
        }
        u64::try_from(Self::AT_ONCE.as_nanos() / time.as_nanos()).unwrap_or(u64::MAX)
    }
}

impl Replicates for Calls<'_> {
    fn run(
        &self,
        point: usize,
        replication: u64,
        _: &mut dyn FnMut() -> bool,
    ) -> Result<Finished, String> {
        let begun = Instant::now();
        let made = (self.make)(point, replication);
        self.pace.took(point, begun.elapsed());
        made.map_err(|error| match error {
            NotFinished::Failed(text) => text,
            NotFinished::Ends => {
                self.ends.store(true, Ordering::Relaxed);
                "it did not end".to_owned()
            }
        })
    }

    fn again(&self, row: &Row) -> String {
        self.manifest.again(row, |words| words.join(" "))
    }

    fn tuned(&self, experiment: Experiment) -> Experiment {
        let pace = Arc::clone(&self.pace);
        let experiment = experiment.at_once(move |point| pace.at_once(point));
        if self.processes == 1 { experiment.on_this_thread() } else { experiment }
    }

    fn ran_on(&self) -> Option<String> {
        Some(counted(self.processes, "process"))
    }
}
