//! `flagfall trace`: shows a trace file.

use super::options::TraceArgs;
use super::program::Program;
use super::talk::{Failure, stdout};
use super::traces::{Opened, Which, damaged, incomplete, open, undamaged};
use crate::report::json::{Timeline, trace_line};
use crate::words::{counted, one_line};
use flagfall::time::VirtualTime;
use flagfall::trace::{BLOCK, Entry, TraceError, TraceFile};
use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Write};
use std::ops::Range;

/// How many of the last events the timeline remembers. It looks up older ones in the file.
const REMEMBERED: usize = 1 << 16;

pub(crate) fn trace(args: &TraceArgs, program: &Program) -> Result<(), Failure> {
    let Opened { name, mut trace, .. } = open(&args.file)?;
    let failed = |error: TraceError| damaged(&name, &error);
    let mut out = stdout();
    if args.check {
        trace.check().map_err(failed)?;
        if args.only_checks() {
            let state = incomplete(&trace);
            let records = counted(trace.totals().entries, "record");
            let state = state.unwrap_or(format!("complete: {records}"));
            writeln!(out, "{name} is {state}; every byte of them is as it was written")?;
            return Ok(out.flush()?);
        }
    }
    if args.summary {
        summary(&mut out, (&name, &trace), program)?;
        out.flush()?;
        return undamaged(&name, &trace);
    }
    let mut chosen = Chosen::new(args, &mut trace).map_err(failed)?;
    if args.perfetto {
        timeline(&mut out, (&mut trace, &mut chosen), (args, program), &name)?;
    } else {
        let mut written = Ok(());
        let done = chosen.each(&mut trace, |entry| {
            written = if args.json {
                trace_line(&mut out, entry)
            } else {
                writeln!(out, "{}", one_line(&entry.to_string()))
            };
            written.is_ok()
        });
        written?;
        done.map_err(failed)?;
    }
    out.flush()?;
    undamaged(&name, &trace)
}

struct Chosen {
    places: Range<u64>,
    which: Which,
    most: u64,
}

impl Chosen {
    fn new(args: &TraceArgs, trace: &mut TraceFile<File>) -> Result<Self, TraceError> {
        let start = match args.from {
            Some(from) => trace.first_at(from.as_nanos())?,
            None => 0,
        };
        let end = match args.to.and_then(|to| to.as_nanos().checked_add(1)) {
            Some(behind) => trace.first_at(behind)?,
            None => trace.totals().entries,
        };
        let mut chosen = Self {
            places: start..end.max(start),
            which: Which::of(args),
            most: args.first.unwrap_or(u64::MAX),
        };
        if let Some(last) = args.last {
            chosen.places.start = chosen.first_of_last(trace, last)?;
        }
        Ok(chosen)
    }

    fn wants(&mut self, entry: &Entry) -> bool {
        self.which.wants(entry.kind, &entry.receiver.path, &entry.sender.path)
    }

    /// Where the last `many` chosen entries begin. It is searched from the end, block by block.
    fn first_of_last(&mut self, trace: &mut TraceFile<File>, many: u64) -> Result<u64, TraceError> {
        let Range { start, mut end } = self.places.clone();
        let mut left = many;
        while end > start && left > 0 {
            let block = (end - 1) / BLOCK as u64;
            let first = block * BLOCK as u64;
            let entries = trace.block(block)?;
            for (within, entry) in entries.iter().enumerate().rev() {
                let place = first + within as u64;
                if (start..end).contains(&place) && self.wants(entry) {
                    left -= 1;
                    if left == 0 {
                        return Ok(place);
                    }
                }
            }
            end = first;
        }
        Ok(if left == 0 { self.places.end } else { start })
    }

    /// Passes the chosen entries on in order, until `wanted` returns false.
    fn each(
        &mut self,
        trace: &mut TraceFile<File>,
        mut wanted: impl FnMut(&Entry) -> bool,
    ) -> Result<(), TraceError> {
        let Range { start, end } = self.places.clone();
        let mut place = start;
        while place < end && self.most > 0 {
            let first = place - place % BLOCK as u64;
            let entries = trace.block(place / BLOCK as u64)?;
            let behind = end.min(first + BLOCK as u64);
            for entry in &entries[(place - first) as usize..(behind - first) as usize] {
                if self.most > 0 && self.wants(entry) {
                    self.most -= 1;
                    if !wanted(entry) {
                        return Ok(());
                    }
                }
            }
            place = behind;
        }
        Ok(())
    }
}

fn summary(
    out: &mut dyn Write,
    (name, trace): (&str, &TraceFile<File>),
    program: &Program,
) -> io::Result<()> {
    let (header, totals) = (trace.header(), trace.totals());
    writeln!(out, "trace       {name}")?;
    writeln!(out, "flagfall    {}", header.version)?;
    writeln!(out, "command     {} {}", program.name, header.command.join(" "))?;
    for (name, value) in header.ingredients.iter().filter(|(_, value)| !value.is_empty()) {
        writeln!(out, "{name:<11} {value}")?;
    }
    writeln!(out, "draws       {}", if header.draws { "kept" } else { "not kept" })?;
    writeln!(out, "records     {}", totals.entries)?;
    writeln!(out, "last event  {}", totals.last_event)?;
    let last = VirtualTime::from_nanos(totals.last_time);
    writeln!(out, "last time   {last}")?;
    writeln!(out, "digest      {}", trace.digest().as_deref().unwrap_or("not known"))?;
    let state = incomplete(trace).unwrap_or_else(|| "complete".to_owned());
    writeln!(out, "file        {state}")
}

fn timeline(
    out: &mut dyn Write,
    (trace, chosen): (&mut TraceFile<File>, &mut Chosen),
    (args, program): (&TraceArgs, &Program),
    name: &str,
) -> Result<(), Failure> {
    let failed = |error: TraceError| damaged(name, &error);
    let Opened { trace: mut causes, .. } = open(&args.file)?;
    let title = format!("{} {}", program.name, trace.header().command.join(" "));
    let start = chosen.places.start;
    let mut asked = Chosen::new(args, trace).map_err(failed)?;
    let mut timeline = Timeline::new(out, &title)?;
    // The last event's entries: they may be the cause of the next ones.
    let mut remembered: VecDeque<Entry> = VecDeque::new();
    let mut result = Ok(());
    let done = chosen.each(trace, |entry| {
        let known = remembered.binary_search_by_key(&entry.cause, |entry| entry.event);
        // A cause is before its effect, or the same event. A forged file may break this:
        // then each entry would take two reads.
        let looked_up = if known.is_ok() || entry.cause == 0 || entry.cause > entry.event {
            Ok(None)
        } else {
            causes.find_event(entry.cause)
        };
        let (cause, shown) = match (known, &looked_up) {
            (Ok(place), _) => (remembered.get(place), true),
            (_, Ok(Some((place, entry)))) => (Some(entry), *place >= start && asked.wants(entry)),
            _ => (None, false),
        };
        let added = timeline.entry(entry, cause, shown);
        result = looked_up
            .map(drop)
            .map_err(|error| damaged(name, &error))
            .and(added.map_err(Failure::from));
        if remembered.back().is_none_or(|last| last.event < entry.event) {
            if remembered.len() == REMEMBERED {
                remembered.pop_front();
            }
            remembered.push_back(entry.clone());
        }
        result.is_ok()
    });
    result?;
    done.map_err(failed)?;
    Ok(timeline.finish()?)
}
