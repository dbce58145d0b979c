//! Runs the command that the arguments name: the only place that knows all commands.

use super::arguments::{self, CompletionsArgs, check_twice, told, tree};
use super::options::{
    CompareArgs, DiffArgs, ForkArgs, MergeArgs, ReplayArgs, ReportArgs, ResumeArgs, SchemaArgs,
    SearchArgs, ShardsArgs, SweepArgs, TraceArgs, VerifyArgs,
};
use super::own::OwnModel;
use super::program::Program;
use super::scenario::Scenario;
use super::scenario_file::{Expanded, expand};
use super::talk::{Failure, ModelPanic, USAGE, print, talk};
use super::{
    compare, diff, merge, replay, report, run, schema, shards, snapshot, sweep, ties, trace, verify,
};
use crate::words::{is_harmful, one_line};
use clap::{ArgMatches, Command, FromArgMatches};
use flagfall::panics::caught;
use std::ffi::OsString;
use std::process::ExitCode;

/// Runs the command `flagfall` with those arguments, the program's name first, and returns its
/// exit code. For your own models, see [`main_of`] or [`Program`].
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    Program::flagfall().main(arguments)
}

/// Runs a command with the one model `M` and those arguments, the program's name first, and
/// returns its exit code: a [`Program`] with a model and nothing else.
///
/// The arguments are [`std::env::args_os`]: messages repeat them, so that the user can run the
/// same again. The program has the name of its file.
pub fn main_of<M: OwnModel>(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    Program::new().model::<M>().main(arguments)
}

impl Program {
    /// Runs the command with those arguments, the program's name first, and returns its
    /// exit code; see [`main_of`].
    ///
    /// If two models have one name, or a model has an option of flagfall, it says so, and the
    /// exit code is 2.
    pub fn main(self, arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
        self.status(arguments).into()
    }

    /// Runs the command as [`main`](Self::main) does, and returns its exit code as a number: for
    /// a host that is no Rust program, as the Python package.
    ///
    /// Ctrl-C in a study ends the process with 130, as in the command.
    pub fn status(self, arguments: impl IntoIterator<Item = OsString>) -> u8 {
        let arguments: Vec<OsString> = arguments.into_iter().collect();
        let program = self.called(&arguments);
        match arguments::check(&program) {
            Ok(()) => command(&program, arguments),
            Err(mistake) => Failure::Usage(mistake).tell(&program.again),
        }
    }
}

fn command(program: &Program, arguments: Vec<OsString>) -> u8 {
    let tree = tree(program);
    let failed = |failure: Failure| failure.tell(&program.again);
    let expanded = match expand(&tree, arguments) {
        Ok(expanded) => expanded,
        Err(failure) => return failed(failure),
    };
    if let Some(note) = &expanded.note {
        talk(format_args!("note: {note}"));
    }
    let matches = match tree.clone().try_get_matches_from(&expanded.arguments) {
        Ok(matches) => matches,
        Err(error) => return refused(program, &tree, &expanded, &error),
    };
    if let Err(failure) = check_twice(&tree, &expanded.arguments) {
        return failed(failure);
    }
    match of_models(|| execute(program, &tree, &matches, &expanded.arguments)) {
        Ok(()) => 0,
        Err(failure) => failed(expanded.placed(failure, &tree)),
    }
}

/// Runs the command with those arguments for a host, the program's name first: what it says is
/// returned.
pub(crate) fn hosted(
    program: &Program,
    tree: &Command,
    arguments: Vec<OsString>,
) -> Result<(), Failure> {
    let expanded = expand(tree, arguments)?;
    if let Some(note) = &expanded.note {
        talk(format_args!("note: {note}"));
    }
    let arguments = &expanded.arguments;
    let matches = tree.clone().try_get_matches_from(arguments).map_err(|error| {
        expanded.refused(&error, tree).unwrap_or_else(|| {
            let of = arguments::named(tree, arguments);
            Failure::Usage(told(&error, &of).unwrap_or_else(|| arguments::plain(&error)))
        })
    })?;
    check_twice(tree, arguments)?;
    of_models(|| execute(program, tree, &matches, arguments))
        .map_err(|failure| expanded.placed(failure, tree))
}

/// Turns a panic of a model that nothing else has caught into a failure.
fn of_models(work: impl FnOnce() -> Result<(), Failure>) -> Result<(), Failure> {
    caught(work).unwrap_or_else(|panic| match panic.get::<ModelPanic>() {
        Some(_) => Err(Failure::of_panic(&panic)),
        None => panic.resume(),
    })
}

/// Prints what is wrong with the arguments, or the help that they ask for.
fn refused(program: &Program, tree: &Command, expanded: &Expanded, error: &clap::Error) -> u8 {
    let arguments = &expanded.arguments;
    if let Some(failure) = expanded.refused(error, tree) {
        return failure.tell(&program.again);
    }
    if let Some(text) = told(error, &arguments::named(tree, arguments)) {
        return Failure::Usage(text).tell(&program.again);
    }
    // clap knows what is for stdout (help) and for stderr (mistakes), and whether to use colour.
    let mistake = error.use_stderr();
    let text = quoted_on_one_line(error.to_string(), arguments);
    if mistake && (text.contains(is_harmful) || text != error.to_string()) {
        // With words of a scenario file, or of others.
        talk(format_args!("{}", text.trim_end()));
        return USAGE;
    }
    match error.print() {
        Err(error) if !mistake => Failure::from(error).tell(&program.again),
        _ if mistake => USAGE,
        _ => 0,
    }
}

/// The text, in which words of the command line with ends of lines are on one line.
fn quoted_on_one_line(text: String, arguments: &[OsString]) -> String {
    let words = arguments.iter().map(|word| word.to_string_lossy());
    let broken = words.filter(|word| word.contains('\n'));
    broken.fold(text, |text, word| {
        let value = word.split_once('=').map_or("", |(_, value)| value);
        let text = text.replace(&*word, &one_line(&word));
        if value.contains('\n') { text.replace(value, &one_line(value)) } else { text }
    })
}

fn execute(
    program: &Program,
    tree: &Command,
    matches: &ArgMatches,
    arguments: &[OsString],
) -> Result<(), Failure> {
    let (name, matches) = matches.subcommand().expect("a command is required");
    let maybe = || arguments::scenario(program, tree, matches, arguments);
    let scenario = || Ok::<Scenario, Failure>(maybe()?.expect("a model is required"));
    match name {
        "list" => list(program),
        "run" => run::run(scenario()?, program),
        "trace" => trace::trace(&read::<TraceArgs>(matches)?, program),
        "diff" => diff::diff(&read::<DiffArgs>(matches)?, program),
        "replay" => replay::replay(&read::<ReplayArgs>(matches)?, program),
        "verify" => verify::verify(scenario()?, &read::<VerifyArgs>(matches)?, program),
        "sweep" => sweep::sweep(&scenario()?, &read::<SweepArgs>(matches)?, program),
        "merge" => merge::merge(&read::<MergeArgs>(matches)?, program),
        "shards" => shards::shards(&read::<ShardsArgs>(matches)?),
        "compare" => compare::compare(maybe()?.as_ref(), &read::<CompareArgs>(matches)?, program),
        "ties" => ties::ties(scenario()?, &read::<SearchArgs>(matches)?, program),
        "resume" => snapshot::resume(&read::<ResumeArgs>(matches)?, program),
        "fork" => snapshot::fork(maybe()?, &read::<ForkArgs>(matches)?, program),
        "schema" => schema::schema(&read::<SchemaArgs>(matches)?, program),
        "report" => report::report(&read::<ReportArgs>(matches)?, program),
        _ => completions(&read::<CompletionsArgs>(matches)?, tree, program),
    }
}

fn read<A: FromArgMatches>(matches: &ArgMatches) -> Result<A, Failure> {
    A::from_arg_matches(matches).map_err(|error| Failure::Bug(error.to_string()))
}

fn list(program: &Program) -> Result<(), Failure> {
    let mut kinds = program.kinds();
    print(|out| kinds.try_for_each(|kind| writeln!(out, "{:<18} {}", kind.name, kind.about())))
}

fn completions(args: &CompletionsArgs, tree: &Command, program: &Program) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut tree.clone(), &program.name, &mut script);
    print(|out| out.write_all(&script))
}
