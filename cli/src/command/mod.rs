//! The `flagfall` command: the only room with a wall clock, an environment,
//! files and a terminal. Everything it computes comes from the library.

mod again;
mod args;
mod check;
mod compare;
mod diff;
mod exit;
mod header;
mod interrupt;
mod options;
mod output;
mod own;
mod pace;
mod progress;
mod record;
mod refusal;
mod replay;
mod report;
mod room;
mod run;
mod scenario_file;
mod schema;
mod snapshot;
mod sweep;
mod system;
mod ties;
mod trace;
mod trace_args;
mod twice;
mod values;
mod verify;

// For fuzzers and tests, which cannot start a process for each text.
#[doc(hidden)]
pub use check::check_scenario;

pub use own::{OwnModel, Program, main_of};

use crate::words::{is_harmful, one_line};
use args::{Cli, Command};
use clap::{CommandFactory, Parser};
use exit::Failure;
use std::ffi::OsString;
use std::process::ExitCode;

/// Runs the command `flagfall` with those arguments, the program's name first, and
/// returns its exit code. A command with models of one's own begins with [`main_of`] or
/// [`Program`].
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    command(arguments.into_iter().collect())
}

/// Runs the command that this process is.
fn command(arguments: Vec<OsString>) -> ExitCode {
    let expanded = match scenario_file::expand(arguments) {
        Ok(expanded) => expanded,
        Err(failure) => return failure.report(),
    };
    let arguments = &expanded.arguments;
    if let Some(note) = &expanded.note {
        output::talk(format_args!("note: {note}"));
    }
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            if let Some(failure) = expanded.refused(&error) {
                return failure.report();
            }
            // Help and version are data for stdout, mistakes talk for stderr;
            // clap knows which, and whether colour is wanted.
            let mistake = error.use_stderr();
            if let Some(text) = refusal::told(&error, &Cli::command(), arguments) {
                return Failure::Usage(text).report();
            }
            let text = error.to_string();
            let text = quoted_on_one_line(text, arguments);
            if mistake && (text.contains(is_harmful) || text != error.to_string()) {
                // Words of a scenario file, or of somebody else.
                output::talk(format_args!("{}", text.trim_end()));
                return exit::USAGE.into();
            }
            let printed = error.print();
            return match printed {
                Err(error) if !mistake => Failure::output(&error).report(),
                _ if mistake => exit::USAGE.into(),
                _ => ExitCode::SUCCESS,
            };
        }
    };
    if let Err(failure) = twice::check(&Cli::command(), arguments) {
        return failure.report();
    }
    let done = match cli.command {
        Command::List => list(),
        Command::Run { system } => run::run(&system, arguments),
        Command::Trace(args) => trace::trace(&args),
        Command::Diff(args) => diff::diff(&args),
        Command::Replay(args) => replay::replay(&args),
        Command::Verify { options, system } => verify::verify(&options, &system),
        Command::Sweep { system, sweep } => sweep::sweep(&system, &sweep, arguments),
        Command::Compare(args) => compare::compare(&args, arguments),
        Command::Ties { system, search } => ties::ties(&system, &search),
        Command::Resume(args) => snapshot::resume(&args),
        Command::Fork(args) => snapshot::fork(*args),
        Command::Schema(args) => schema::schema(&args),
        Command::Report(args) => report::report(&args),
        Command::Completions { shell } => completions(shell),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => expanded.placed(failure).report(),
    }
}

/// The text with the words of the command line that have ends of lines in them on one line.
fn quoted_on_one_line(text: String, arguments: &[OsString]) -> String {
    let words = arguments.iter().map(|word| word.to_string_lossy());
    let broken = words.filter(|word| word.contains('\n'));
    broken.fold(text, |text, word| {
        let value = word.split_once('=').map_or("", |(_, value)| value);
        let text = text.replace(&*word, &one_line(&word));
        if value.contains('\n') { text.replace(value, &one_line(value)) } else { text }
    })
}

fn list() -> Result<(), Failure> {
    let mut out = output::Stdout::new();
    for (name, about) in args::systems() {
        out.line(format_args!("{name:<18} {about}"))?;
    }
    out.finish()
}

fn completions(shell: clap_complete::Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), own::program().name(), &mut script);
    let mut out = output::Stdout::new();
    out.bytes(&script)?;
    out.finish()
}
