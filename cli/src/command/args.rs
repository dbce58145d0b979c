//! The command line.

mod common;
mod named;
mod systems;

pub(super) use common::{Common, LangArg, LimitArgs};
pub(super) use named::{System, built_in_names};
pub(super) use systems::{
    ActorTreeArgs, MessagesArgs, ParameterServerArgs, QueueArgs, TaxiArgs, WorkerArgs,
};

use super::own::program;
use super::report::ReportArgs;
use super::snapshot::{ForkArgs, ResumeArgs};
use super::sweep::SweepArgs;
use super::trace_args::{DiffArgs, ReplayArgs, TraceArgs, VerifyArgs};
use clap::builder::Styles;
use clap::{Args, CommandFactory, Parser, Subcommand};
use clap_complete::Shell;

/// Says what the program that this process is says of itself.
#[derive(Debug, Parser)]
#[command(
    name = program().name(),
    version = program().shown_version(),
    about = program().about_text(),
    after_help = program().help(super::exit::HELP),
    styles = Styles::styled(),
    arg_required_else_help = true,
    subcommand_required = true
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List the systems that can be run
    List,
    /// Run a system under virtual time: one of these, or a scenario file (run FILE.toml)
    #[command(arg_required_else_help = true)]
    Run {
        #[command(subcommand)]
        system: Box<System>,
    },
    /// Show a trace file that `run ... --record FILE` wrote: as text, JSON lines or a timeline
    #[command(after_help = program().help(super::trace_args::TRACE_HELP))]
    Trace(TraceArgs),
    /// Find the first event in which two trace files differ: exit code 0 if there is none, 1 if
    /// there is
    #[command(after_help = program().help(super::trace_args::DIFF_HELP))]
    Diff(DiffArgs),
    /// Make a recorded run again and hold it to its trace file, event by event
    #[command(after_help = program().help(super::trace_args::REPLAY_HELP))]
    Replay(ReplayArgs),
    /// Run a system several times, one after another and side by side, and compare the runs
    #[command(arg_required_else_help = true, after_help = program().help(super::trace_args::VERIFY_HELP))]
    Verify {
        #[command(flatten)]
        options: VerifyArgs,
        #[command(subcommand)]
        system: Box<System>,
    },
    /// Run a system many times at the points of a grid, into a folder of results: one of these, or
    /// a scenario file (sweep FILE.toml)
    #[command(arg_required_else_help = true, after_help = program().help(super::sweep::SWEEP_HELP))]
    Sweep {
        #[command(subcommand)]
        system: Box<System>,
        #[command(flatten)]
        sweep: SweepArgs,
    },
    /// Compare scenarios under common random numbers: levels of an option of a system, or scenario
    /// files (compare FILE.toml ...)
    #[command(arg_required_else_help = true, after_help = super::compare::HELP)]
    Compare(Box<super::compare::CompareArgs>),
    /// Find what the order of simultaneous events decides: a race detector
    #[command(arg_required_else_help = true, after_help = program().help(TIES_HELP))]
    Ties {
        #[command(subcommand)]
        system: Box<System>,
        #[command(flatten)]
        search: SearchArgs,
    },
    /// Go on with a run that `run ... --snapshot FILE` saved, to the same end
    #[command(hide = !program().has_built_in(), after_help = program().help(super::snapshot::RESUME_HELP))]
    Resume(Box<ResumeArgs>),
    /// Run several futures of one run from a virtual time on, and print what each comes to
    #[command(arg_required_else_help = true, after_help = program().help(super::snapshot::FORK_HELP))]
    Fork(Box<ForkArgs>),
    /// Print the JSON schema of scenario files, for editors
    #[command(after_help = super::schema::HELP)]
    Schema(super::schema::SchemaArgs),
    /// Show a finished study: a table and small plots as text, and a page with all of it
    #[command(arg_required_else_help = true, after_help = program().help(super::report::HELP))]
    Report(ReportArgs),
    /// Print a completion script for a shell
    Completions {
        /// The shell to complete in
        shell: Shell,
    },
}

/// The systems that `flagfall` itself can run.
#[derive(Debug, Subcommand)]
pub(super) enum BuiltIn {
    /// Taxi fleet: rides are assigned, refused and completed; commission adds up
    Taxi(TaxiArgs),
    /// Parameter server: workers send gradients, a driver reads the parameters
    ParameterServer(ParameterServerArgs),
    /// Tree of actors: supervisors, workers, states, checkpoints, kills
    ActorTree(ActorTreeArgs),
    /// Message actor: workers append messages, a driver polls and clears
    Messages(MessagesArgs),
    /// Queue: customers wait in one line for one of several servers (M/M/c)
    Queue(QueueArgs),
}

/// How far to search the orders of simultaneous events; may stand after the
/// name of the system.
#[derive(Debug, Args)]
#[command(next_help_heading = "Search")]
pub(super) struct SearchArgs {
    /// Most runs to go through all classes of equivalent orders, and again to turn round single ties
    #[arg(long, value_name = "RUNS", global = true, default_value_t = 100_000)]
    pub(super) budget: u64,
    /// Shuffles to draw if the budget is not enough
    #[arg(long, value_name = "N", global = true, default_value_t = 1_000)]
    pub(super) samples: u64,
    /// Group the outcomes by what this measure comes to
    #[arg(long, value_name = "MEASURE", global = true)]
    pub(super) of: Option<String>,
    /// End with exit code 1 if there is more than one outcome, or may be; with --of, if the
    /// measure comes to more than one number
    #[arg(long, global = true)]
    pub(super) expect_one: bool,
}

/// Shown at the end of `flagfall ties --help`.
const TIES_HELP: &str = "\
Runs a system again and again under other orders of simultaneous events, one run
for each class of equivalent orders, and lists what it comes to, with the choices
that repeat it. Beside each stands its share of all orders, which is no probability: no
machine takes every order equally often. All options of `run` are understood; at a latency of 0 there are
the most ties.

  flagfall ties taxi --latency 0 --durations 2,3,1,4,4,2,1,1,1,4
  flagfall ties taxi --latency 0 --durations 2,3,1,4,4,2,1,1,1,4 --of commission
  flagfall ties actor-tree --latency 0 --json
  flagfall run taxi --latency 0 --ties 59=1        # repeats an outcome";

/// Names and descriptions of the systems, as the help has them.
pub(super) fn systems() -> Vec<(String, String)> {
    let command = Cli::command();
    let run = command.find_subcommand("run").expect("run is a subcommand");
    let about = |system: &clap::Command| system.get_about().map(ToString::to_string);
    run.get_subcommands()
        .map(|system| (system.get_name().to_owned(), about(system).unwrap_or_default()))
        .collect()
}

impl BuiltIn {
    /// Its name on the command line.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Taxi(_) => "taxi",
            Self::ParameterServer(_) => "parameter-server",
            Self::ActorTree(_) => "actor-tree",
            Self::Messages(_) => "messages",
            Self::Queue(_) => "queue",
        }
    }

    pub(super) fn common(&self) -> &Common {
        match self {
            Self::Taxi(args) => &args.common,
            Self::ParameterServer(args) => &args.common,
            Self::ActorTree(args) => &args.common,
            Self::Messages(args) => &args.common,
            Self::Queue(args) => &args.common,
        }
    }

    pub(super) fn common_mut(&mut self) -> &mut Common {
        match self {
            Self::Taxi(args) => &mut args.common,
            Self::ParameterServer(args) => &mut args.common,
            Self::ActorTree(args) => &mut args.common,
            Self::Messages(args) => &mut args.common,
            Self::Queue(args) => &mut args.common,
        }
    }
}
