//! The options of commands that work on traces.

use clap::{Args, ValueEnum};
use flagfall::record::RecordKind;
use flagfall::time::Span;
use flagfall::trace::KINDS;
use std::path::PathBuf;

pub(crate) const TRACE_HELP: &str = "\
Examples:
  flagfall run taxi --record day.trace
  flagfall trace day.trace --actor '**/taxi[*]' --from 3s --to 5s
  flagfall trace day.trace --kind died --kind undeliverable --json
  flagfall trace day.trace --perfetto > day.json   (open it at https://ui.perfetto.dev)
  flagfall trace day.trace --check

Exit code 3 if the file is damaged: a byte changed, cut or added. What is whole is shown all the
same, unless --check is given. The file of a run that was killed or failed is not damaged; it is
reported as incomplete.

JSON lines have: event, time_ns, kind, receiver, sender, cause (the event in which it was sent
or scheduled), message, contents (a hash of the whole message), and draws if there are any:
count, first (stream, word).";

pub(crate) const DIFF_HELP: &str = "\
Both traces are searched by bisection: for a difference, a few hundred kilobytes are read, however
long they are. They are called equal once both are complete, all of both was checked, and their
digests are equal. Exit code 0 if they are, 1 if not or if one is incomplete and nothing differs
before its end, 3 if one is damaged.
States come from making both runs again up to the difference.

Examples:
  flagfall run taxi --seed 1 --record one.trace; flagfall run taxi --seed 2 --record two.trace
  flagfall diff one.trace two.trace";

pub(crate) const REPLAY_HELP: &str = "\
What was run is in the file: its command line, with files by their names. Exit code 0 if every
record is as in the file, 1 if one is not. An incomplete file is followed up to its end, and
exit code 1 says that what came then is not known, as with `diff`.

Examples:
  flagfall run taxi --record day.trace; flagfall replay day.trace";

pub(crate) const VERIFY_HELP: &str = "\
The options of `run` follow the system's name. Exit code 0 if all runs are equal, record by
record, 1 if they are not.

Examples:
  flagfall verify taxi --seed 7 --latency uniform:1ms..3ms
  flagfall verify actor-tree --runs 5 --threads 4";

/// Show a trace file that `run ... --record FILE` wrote: as text, JSON lines or a timeline
#[derive(Debug, Args)]
pub(crate) struct TraceArgs {
    /// The trace file
    pub(crate) file: PathBuf,
    /// Only what this actor receives or sends; a star stands for part of a name, ** for any
    /// names (repeatable)
    #[arg(long, value_name = "PATH", help_heading = "Which records")]
    pub(crate) actor: Vec<String>,
    /// Only records of this kind: handled, queued, taken, resumed, answered, started, delayed,
    /// undeliverable, cancelled, served, lost, duplicated, restarted, claimed, granted, released,
    /// withdrawn, refused, preempted, died, or died: CAUSE (repeatable)
    #[arg(long, value_name = "KIND", value_parser = kinds, help_heading = "Which records")]
    pub(crate) kind: Vec<Box<[RecordKind]>>,
    /// Only records at this virtual time or later, like 2.5s
    #[arg(long, value_name = "TIME", help_heading = "Which records")]
    pub(crate) from: Option<Span>,
    /// Only records at this virtual time or earlier
    #[arg(long, value_name = "TIME", help_heading = "Which records")]
    pub(crate) to: Option<Span>,
    /// Of these only the first N
    #[arg(long, value_name = "N", conflicts_with = "last", help_heading = "Which records")]
    pub(crate) first: Option<u64>,
    /// Of these only the last N
    #[arg(long, value_name = "N", help_heading = "Which records")]
    pub(crate) last: Option<u64>,
    /// One JSON object per line
    #[arg(long, group = "form", help_heading = "Output")]
    pub(crate) json: bool,
    /// A timeline for https://ui.perfetto.dev: a track for each actor, holds as slices, messages
    /// as arrows
    #[arg(long, group = "form", help_heading = "Output")]
    pub(crate) perfetto: bool,
    /// What was run, how many records there are, and whether the file is complete; of the whole
    /// file
    #[arg(
        long,
        group = "form",
        conflicts_with_all = ["actor", "kind", "from", "to", "first", "last"],
        help_heading = "Output"
    )]
    pub(crate) summary: bool,
    /// Read the whole file and check every byte of it; say what it is, and show records only
    /// if you choose records or a format
    #[arg(long, help_heading = "Output")]
    pub(crate) check: bool,
}

impl TraceArgs {
    /// Whether there is only `--check`, and no option about what to show.
    pub(crate) fn only_checks(&self) -> bool {
        let Self { file: _, actor, kind, from, to, first, last, json, perfetto, summary, check } =
            self;
        *check
            && !(*json || *perfetto || *summary)
            && actor.is_empty()
            && kind.is_empty()
            && [from, to].iter().all(|time| time.is_none())
            && [first, last].iter().all(|many| many.is_none())
    }
}

/// Reads the name of some kinds.
fn kinds(text: &str) -> Result<Box<[RecordKind]>, String> {
    let named = |kind: &RecordKind| {
        let name = kind.to_string();
        name == text || name.strip_prefix(text).is_some_and(|rest| rest.starts_with(':'))
    };
    let found: Box<[_]> = KINDS.into_iter().filter(named).collect();
    if found.is_empty() {
        let names: Vec<String> = KINDS.iter().map(ToString::to_string).collect();
        return Err(format!(
            "`{text}` is not a kind of record: write died or one of {}",
            names.join(", ")
        ));
    }
    Ok(found)
}

// How a difference is shown.
#[derive(Debug, Args)]
#[command(next_help_heading = "Difference")]
pub(crate) struct ShowArgs {
    /// How many of the messages that led to the difference are shown
    #[arg(long, value_name = "N", default_value_t = 10, global = true)]
    pub(crate) chain: usize,
}

/// Find the first event in which two trace files differ: exit code 0 if there is none, 1 if there
/// is
#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// A trace file
    pub(crate) left: PathBuf,
    /// Another one
    pub(crate) right: PathBuf,
    #[command(flatten)]
    pub(crate) show: ShowArgs,
    /// Whether both runs are made again to see the states of the receivers: auto does up to
    /// event 5,000,000
    #[arg(long, value_name = "WHEN", value_enum, default_value_t, help_heading = "Difference")]
    pub(crate) states: States,
    /// Print one JSON object instead of text
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum States {
    /// Where it does not take long
    #[default]
    Auto,
    /// However long it takes
    Always,
    /// Not
    Never,
}

/// Make a recorded run again and compare it with its trace file, event by event
#[derive(Debug, Args)]
pub(crate) struct ReplayArgs {
    /// The trace file
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) show: ShowArgs,
    /// Print one JSON object instead of text
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
}

/// Run a system several times, one after another and side by side, and compare the runs
#[derive(Debug, Args)]
#[command(next_help_heading = "Verification")]
pub(crate) struct VerifyArgs {
    /// How many runs one after another
    #[arg(long, value_name = "N", global = true, default_value_t = 2,
        value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) runs: u32,
    /// How many runs side by side, after those; 0 is none [default: one per CPU, at least 2]
    #[arg(long, value_name = "N", global = true,
        value_parser = clap::value_parser!(u32).range(..=1_024))]
    pub(crate) threads: Option<u32>,
    #[command(flatten)]
    pub(crate) show: ShowArgs,
}
