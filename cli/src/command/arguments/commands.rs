//! The command line: which commands there are, and their options.

use crate::command::options::{
    COMPARE_HELP, CompareArgs, DIFF_HELP, DiffArgs, FORK_HELP, ForkArgs, REPLAY_HELP, REPORT_HELP,
    RESUME_HELP, ReplayArgs, ReportArgs, ResumeArgs, SCHEMA_HELP, SWEEP_HELP, SchemaArgs,
    SearchArgs, SweepArgs, TIES_HELP, TRACE_HELP, TraceArgs, VERIFY_HELP, VerifyArgs,
};
use crate::command::program::Program;
use crate::command::scenario::subcommand;
use crate::command::talk;
use clap::builder::Styles;
use clap::{Args, Command};
use clap_complete::Shell;

/// All that a program understands.
pub(crate) fn tree(program: &Program) -> Command {
    let help = |text: &str| program.help(text);
    let tree = Command::new(program.name().to_owned())
        .version(program.shown_version().to_owned())
        .about(program.about_text())
        .after_help(help(talk::HELP))
        .styles(Styles::styled())
        .arg_required_else_help(true)
        .subcommand_required(true);
    let list = Command::new("list").about("List the systems that can be run");
    let run = Command::new("run").about(RUN);
    let verify = with::<VerifyArgs>("verify", VERIFY).after_help(help(VERIFY_HELP));
    let sweep = with::<SweepArgs>("sweep", SWEEP).after_help(help(SWEEP_HELP));
    let compare = with::<CompareArgs>("compare", COMPARE).after_help(COMPARE_HELP);
    let ties = with::<SearchArgs>("ties", TIES).after_help(help(TIES_HELP));
    let fork = with::<ForkArgs>("fork", FORK).after_help(help(FORK_HELP));
    let is_copied = program.kinds().any(|kind| kind.is_copied);
    tree.subcommands([
        list,
        of_models(run, program).subcommand_required(true),
        with::<TraceArgs>("trace", TRACE).after_help(help(TRACE_HELP)),
        with::<DiffArgs>("diff", DIFF).after_help(help(DIFF_HELP)),
        with::<ReplayArgs>("replay", REPLAY).after_help(help(REPLAY_HELP)),
        of_models(verify, program).subcommand_required(true),
        of_models(sweep, program).subcommand_required(true),
        of_models(compare, program),
        of_models(ties, program).subcommand_required(true),
        with::<ResumeArgs>("resume", RESUME).hide(!is_copied).after_help(help(RESUME_HELP)),
        of_models(fork, program),
        with::<SchemaArgs>("schema", SCHEMA).after_help(SCHEMA_HELP),
        with::<ReportArgs>("report", REPORT)
            .arg_required_else_help(true)
            .after_help(help(REPORT_HELP)),
        with::<CompletionsArgs>("completions", COMPLETIONS),
    ])
}

const RUN: &str =
    "Run a system under virtual time: one of these, or a scenario file (run FILE.toml)";
const TRACE: &str = "Show a trace file that `run ... --record FILE` wrote: as text, JSON lines or \
                     a timeline";
const DIFF: &str = "Find the first event in which two trace files differ: exit code 0 if there is \
                    none, 1 if there is";
const REPLAY: &str = "Make a recorded run again and hold it to its trace file, event by event";
const VERIFY: &str =
    "Run a system several times, one after another and side by side, and compare the runs";
const SWEEP: &str = "Run a system many times at the points of a grid, into a folder of results: \
                     one of these, or a scenario file (sweep FILE.toml)";
const COMPARE: &str = "Compare scenarios under common random numbers: levels of an option of a \
                       system, or scenario files (compare FILE.toml ...)";
const TIES: &str = "Find what the order of simultaneous events decides: a race detector";
const RESUME: &str = "Go on with a run that `run ... --snapshot FILE` saved, to the same end";
const FORK: &str =
    "Run several futures of one run from a virtual time on, and print what each comes to";
const SCHEMA: &str = "Print the JSON schema of scenario files, for editors";
const REPORT: &str =
    "Show a finished study: a table and small plots as text, and a page with all of it";
const COMPLETIONS: &str = "Print a completion script for a shell";

/// A command with options.
fn with<A: Args>(name: &'static str, about: &'static str) -> Command {
    // The type has an about of its own, which is not the command's.
    A::augment_args(Command::new(name)).about(about).long_about(None::<&str>)
}

/// A command of models, which are its subcommands.
fn of_models(command: Command, program: &Program) -> Command {
    command.subcommands(program.kinds().map(|kind| subcommand(kind))).arg_required_else_help(true)
}

/// For which shell.
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell to complete in
    pub(crate) shell: Shell,
}
