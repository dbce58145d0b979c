//! The records of a run as a table of Arrow, made while it is read.

use super::NoResult;
use super::host::Host;
use super::rows::{Record, Rows, schema};
use super::scenario::HostedScenario;
use crate::command::arguments::told;
use crate::command::options::TraceArgs;
use crate::command::running::observed;
use crate::command::talk::{Failure, without_panic_messages};
use crate::command::traces::Which;
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::{ArrowError, SchemaRef};
use clap::FromArgMatches;
use flagfall::model::Model;
use flagfall::record;
use flagfall::trace::short;
use flagfall::{Simulation, Span};
use std::collections::VecDeque;
use std::fmt;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::Builder;
use std::time::{Duration, Instant};

/// How long it takes at most until the host is asked again whether to go on.
const BETWEEN: Duration = Duration::from_millis(20);

/// How many portions may wait for their reader. The run waits when there are so many.
const AHEAD: usize = 2;

/// Which records of a run are wanted.
#[derive(Debug)]
pub struct HostedChoice(TraceArgs);

/// What is known of the run whose records are wanted: they are refused if it is another one now.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HostedEnd {
    /// Its digest, unless that is off.
    pub digest: Option<String>,
    /// How many events it had.
    pub events: u64,
}

impl Host<'_> {
    /// The choice that these options of `flagfall trace` make, one word each:
    /// `["--kind=died", "--from=5s"]`.
    ///
    /// # Errors
    /// [`NoResult::Failed`]: a value is wrong.
    ///
    /// # Examples
    /// ```
    /// # use flagfall_cli::{Host, Program};
    /// let program = Program::flagfall();
    /// let host = Host::new(&program);
    /// let died = host.choice(&["--kind=died".to_owned()])?;
    /// let day = host.scenario(&["taxi".to_owned()])?;
    /// let stream = day.records((None, None), died, None, Box::new(|| true))?;
    /// # drop(stream);
    /// # Ok::<(), flagfall_cli::NoResult>(())
    /// ```
    pub fn choice(&self, words: &[String]) -> Result<HostedChoice, NoResult> {
        let trace = self.tree().find_subcommand("trace").expect("trace is a command");
        let line = ["trace", "-"].into_iter().chain(words.iter().map(String::as_str));
        let read = trace.clone().try_get_matches_from(line);
        let read = read.and_then(|matches| TraceArgs::from_arg_matches(&matches));
        Ok(HostedChoice(read.map_err(|error| {
            Failure::Usage(told(&error, &[trace]).unwrap_or_else(|| error.to_string()))
        })?))
    }
}

impl HostedScenario {
    /// The wanted records of the run with that seed and that replication instead of its own, as a
    /// stream. The run is made in a thread of its own while the stream is read, and waits for the
    /// reader: some portions of 65,536 records or 16 MB are in memory at once, and as many records
    /// as the last ones that were asked for. It ends early if the stream is dropped.
    ///
    /// `end` is what the run is to come to. Without it, the run is left once no further record can
    /// be wanted. `goes_on` is asked every few milliseconds by whoever reads the stream.
    ///
    /// A run that fails, or that comes to another end, is an error of the stream.
    ///
    /// # Errors
    /// [`NoResult::Failed`]: no thread can be started.
    pub fn records(
        &self,
        (seed, replication): (Option<u64>, Option<u64>),
        HostedChoice(args): HostedChoice,
        end: Option<HostedEnd>,
        goes_on: Box<dyn FnMut() -> bool + Send>,
    ) -> Result<FFI_ArrowArrayStream, NoResult> {
        let (send, receive) = sync_channel(AHEAD);
        let scenario = self.clone();
        let work = move || {
            let told = send.clone();
            let made = without_panic_messages(|| {
                scenario.send((seed, replication), &args, end.as_ref(), send)
            });
            // Nobody reads it if the stream was dropped.
            let _ =
                told.send(made.map_or_else(|failure| Said::Failed(failure.text()), |()| Said::End));
        };
        Builder::new()
            .name("flagfall-records".to_owned())
            .spawn(work)
            .map_err(|error| Failure::Model(format!("no thread can be started: {error}")))?;
        let asked = Instant::now();
        let stream = Stream { schema: schema(), receive: Some(receive), goes_on, asked };
        Ok(FFI_ArrowArrayStream::new(Box::new(stream)))
    }

    /// Makes the run, and sends the wanted records.
    fn send(
        &self,
        (seed, replication): (Option<u64>, Option<u64>),
        args: &TraceArgs,
        end: Option<&HostedEnd>,
        to: SyncSender<Said>,
    ) -> Result<(), Failure> {
        let (model, config) = self.parts(seed, replication);
        let mut simulation = Simulation::new(config.draws(true));
        let wanted = Wanted::new(args, end.is_some(), to);
        let wanted = observed(&mut simulation, wanted, Wanted::add);
        let _handles = model.start(&mut simulation);
        let ran = simulation.run();
        let mut wanted = wanted.borrow_mut();
        if wanted.is_left {
            // Nothing more is wanted, and the error of the run is that it was left.
            return wanted.finish();
        }
        ran?;
        simulation.unless_stuck(())?;
        let now = HostedEnd {
            digest: simulation.digest().map(|digest| digest.to_string()),
            events: simulation.events(),
        };
        if end.is_some_and(|end| *end != now) {
            return Err(Failure::Model(format!(
                "the run was made again with another result: a file that it reads was changed, or \
                 the model is not deterministic; `verify` shows where runs of {} begin to differ",
                model.name()
            )));
        }
        wanted.finish()
    }
}

/// What the run tells the reader.
enum Said {
    Portion(RecordBatch),
    Failed(String),
    End,
}

/// The records that are wanted, on their way to the reader.
struct Wanted {
    which: Which,
    from: u64,
    to: u64,
    /// How many more are wanted.
    left: u64,
    /// The last ones so far, if only the last are wanted.
    last: Option<(usize, VecDeque<Record>)>,
    /// Whether the run goes on to its end, even if no more is wanted.
    to_the_end: bool,
    rows: Rows,
    reader: SyncSender<Said>,
    is_left: bool,
    failed: Option<ArrowError>,
}

impl Wanted {
    fn new(args: &TraceArgs, to_the_end: bool, reader: SyncSender<Said>) -> Self {
        let last = args.last.map(|last| usize::try_from(last).unwrap_or(usize::MAX));
        Self {
            which: Which::of(args),
            from: args.from.map_or(0, Span::as_nanos),
            to: args.to.map_or(u64::MAX, Span::as_nanos),
            left: args.first.unwrap_or(u64::MAX),
            last: last.map(|last| (last, VecDeque::new())),
            to_the_end,
            rows: Rows::default(),
            reader,
            is_left: false,
            failed: None,
        }
    }

    /// Takes a record, if it is wanted; false if the run can be left.
    fn add(&mut self, record: &record::Record<'_>) -> bool {
        let time = record.time.as_nanos();
        let goes_on = if time > self.to || self.left == 0 {
            self.to_the_end
        } else {
            time < self.from || self.take(record)
        };
        self.is_left |= !goes_on;
        goes_on
    }

    /// False if nobody reads any more.
    fn take(&mut self, record: &record::Record<'_>) -> bool {
        if !self.which.wants_kind(record.kind) {
            return true;
        }
        let party = |path: &dyn fmt::Display| short(format_args!("{path}"));
        let (receiver, sender) = (party(record.receiver), party(record.sender));
        if !self.which.wants(record.kind, &receiver, &sender) {
            return true;
        }
        let taken = Record {
            event: record.event,
            time: record.time.as_nanos(),
            kind: record.kind,
            receiver,
            sender,
            cause: record.cause,
            message: record.message.map(|message| short(format_args!("{message:?}"))),
            contents: record.contents(),
            draws: record.drawn.len() as u64,
        };
        if let Some((most, last)) = &mut self.last {
            last.push_back(taken);
            if last.len() > *most {
                last.pop_front();
            }
            return true;
        }
        self.left -= 1;
        self.keep(taken)
    }

    fn keep(&mut self, record: Record) -> bool {
        match self.rows.add(record) {
            Ok(None) => true,
            Ok(Some(portion)) => self.reader.send(Said::Portion(portion)).is_ok(),
            Err(error) => {
                self.failed = Some(error);
                false
            }
        }
    }

    fn finish(&mut self) -> Result<(), Failure> {
        for record in self.last.take().map(|(_, last)| last).into_iter().flatten() {
            if !self.keep(record) {
                break;
            }
        }
        let portion = self.failed.take().map_or_else(|| self.rows.portion(), Err);
        let portion = portion.map_err(|error| Failure::Usage(error.to_string()))?;
        // Nobody reads it if the stream was dropped.
        let _ = self.reader.send(Said::Portion(portion));
        Ok(())
    }
}

/// The reader's end.
struct Stream {
    schema: SchemaRef,
    /// Nothing once the stream is over.
    receive: Option<Receiver<Said>>,
    goes_on: Box<dyn FnMut() -> bool + Send>,
    asked: Instant,
}

impl Stream {
    fn is_to_end(&mut self) -> bool {
        if self.asked.elapsed() < BETWEEN {
            return false;
        }
        self.asked = Instant::now();
        !(self.goes_on)()
    }
}

impl Iterator for Stream {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let failed = |text: String| Some(Err(ArrowError::ComputeError(text)));
        loop {
            if self.is_to_end() {
                self.receive = None;
                return failed(NoResult::Interrupted.to_string());
            }
            match self.receive.as_ref()?.recv_timeout(BETWEEN) {
                Ok(Said::Portion(portion)) => return Some(Ok(portion)),
                Err(RecvTimeoutError::Timeout) => {}
                Ok(Said::End) => self.receive = None,
                Ok(Said::Failed(text)) => {
                    self.receive = None;
                    return failed(text);
                }
                Err(RecvTimeoutError::Disconnected) => {
                    self.receive = None;
                    return failed("a run ended without a word".to_owned());
                }
            }
        }
    }
}

impl RecordBatchReader for Stream {
    fn schema(&self) -> SchemaRef {
        SchemaRef::clone(&self.schema)
    }
}
