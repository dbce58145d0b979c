//! All commands with their options.

use crate::command::options::{
    COMPARE_HELP, CompareArgs, DIFF_HELP, DiffArgs, FORK_HELP, ForkArgs, MERGE_HELP, MergeArgs,
    REPLAY_HELP, REPORT_HELP, RESUME_HELP, ReplayArgs, ReportArgs, ResumeArgs, SCHEMA_HELP,
    SHARDS_HELP, SWEEP_HELP, SchemaArgs, SearchArgs, ShardsArgs, SweepArgs, TIES_HELP, TRACE_HELP,
    TraceArgs, VERIFY_HELP, VerifyArgs,
};
use crate::command::program::Program;
use crate::command::scenario::subcommand;
use crate::command::talk;
use clap::builder::Styles;
use clap::{Args, Command};
use clap_complete::Shell;

pub(crate) fn tree(program: &Program) -> Command {
    let help = |text: &str| program.help(text);
    let tree = Command::new(program.name.clone())
        .version(program.shown_version.clone())
        .about(program.about_text())
        .after_help(help(talk::HELP))
        .styles(Styles::styled())
        .arg_required_else_help(true)
        .subcommand_required(true);
    let of_models = |command: Command| {
        let models = program.kinds().map(|kind| subcommand(kind));
        command.subcommands(models).arg_required_else_help(true)
    };
    let run = Command::new("run")
        .about("Run a system under virtual time: one of these, or a scenario file (run FILE.toml)");
    let is_copied = program.kinds().any(|kind| kind.is_copied);
    tree.subcommands([
        Command::new("list").about("List the systems that can be run"),
        of_models(run).subcommand_required(true),
        with::<TraceArgs>("trace", help(TRACE_HELP)),
        with::<DiffArgs>("diff", help(DIFF_HELP)),
        with::<ReplayArgs>("replay", help(REPLAY_HELP)),
        of_models(with::<VerifyArgs>("verify", help(VERIFY_HELP))).subcommand_required(true),
        of_models(with::<SweepArgs>("sweep", help(SWEEP_HELP))).subcommand_required(true),
        with::<MergeArgs>("merge", help(MERGE_HELP)).arg_required_else_help(true),
        with::<ShardsArgs>("shards", SHARDS_HELP).arg_required_else_help(true),
        of_models(with::<CompareArgs>("compare", COMPARE_HELP)),
        of_models(with::<SearchArgs>("ties", help(TIES_HELP))).subcommand_required(true),
        with::<ResumeArgs>("resume", help(RESUME_HELP)).hide(!is_copied),
        of_models(with::<ForkArgs>("fork", help(FORK_HELP))),
        with::<SchemaArgs>("schema", SCHEMA_HELP),
        with::<ReportArgs>("report", help(REPORT_HELP)).arg_required_else_help(true),
        CompletionsArgs::augment_args(Command::new("completions")),
    ])
}

/// A command with options, whose comment is the beginning of its help.
fn with<A: Args>(name: &'static str, after_help: impl Into<String>) -> Command {
    A::augment_args(Command::new(name)).after_help(after_help.into())
}

/// Print a completion script for a shell
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell to complete in
    pub(crate) shell: Shell,
}
