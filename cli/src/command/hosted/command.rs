//! Commands for a host: their own code, and what they would have printed.

use super::NoResult;
use super::host::Host;
use super::progress::HostedProgress;
use crate::command::dispatch::hosted;
use crate::command::given::option;
use crate::command::talk::{Done, Failure, captured};
use flagfall::panics::caught;
use std::ffi::OsString;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread::Builder;
use std::time::Duration;

/// How long it takes at most until the host is asked again whether to go on.
const BETWEEN: Duration = Duration::from_millis(20);

/// What a command printed, and how it ended.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct HostedAnswer {
    /// The results: what stands on standard output.
    pub out: String,
    /// The lines beside them. Those that begin with `note: ` should be known before the results
    /// are believed.
    pub told: Vec<String>,
    /// Exit code and text of a command that printed results and failed nevertheless, as a study
    /// does in which replications failed.
    pub failed: Option<(u8, String)>,
}

impl Host<'_> {
    /// Runs a command: `["sweep"]` with a model and its options, and with options of the command,
    /// one word each. Nothing is printed. `goes_on` is told every few milliseconds how far it is,
    /// and says whether to go on. What is to end does so soon, also in the middle of a run; a
    /// study keeps its rows.
    ///
    /// # Errors
    /// [`NoResult`]: it failed without results, or was to end.
    ///
    /// # Examples
    /// ```
    /// use flagfall_cli::{Host, Program};
    ///
    /// let program = Program::flagfall();
    /// let words = |words: &[&str]| words.iter().map(|word| word.to_string()).collect::<Vec<_>>();
    /// let model = words(&["taxi", "--rides=20"]);
    /// let own = words(&["--json", "--set=fleet=4,5", "--replications=10"]);
    /// let answer = Host::new(&program).command("compare", &model, &own, &mut |_| true)?;
    /// assert!(answer.out.starts_with("{"));
    /// # Ok::<(), flagfall_cli::NoResult>(())
    /// ```
    pub fn command(
        &self,
        name: &str,
        model: &[String],
        own: &[String],
        goes_on: &mut dyn FnMut(HostedProgress) -> bool,
    ) -> Result<HostedAnswer, NoResult> {
        if !model.is_empty() {
            self.check_known(model)?;
        }
        let (before, behind) = self.around_model(name, own);
        let words = [self.program.name.as_str(), name].into_iter().chain(before);
        let words = words.chain(model.iter().map(String::as_str)).chain(behind);
        let arguments: Vec<OsString> = words.map(OsString::from).collect();
        // Here, where a mistake of its own would be found.
        let tree = self.tree();
        let (ends, done) = (Arc::default(), Arc::default());
        beside((&ends, &done), || hosted(self.program, tree, arguments), goes_on)
    }

    /// Options of a command that stand before the model, and those behind it. The parser takes an
    /// option behind the model only if the model has it, or if it is a global one.
    fn around_model<'w>(&self, name: &str, own: &'w [String]) -> (Vec<&'w str>, Vec<&'w str>) {
        let command = self.tree().find_subcommand(name);
        let is_before = |word: &&str| {
            let long = word.strip_prefix("--").unwrap_or_default();
            let long = long.split_once('=').map_or(long, |(long, _)| long);
            let known = command.and_then(|command| option(command, long));
            known.is_some_and(|known| !known.is_global_set())
        };
        own.iter().map(String::as_str).partition(is_before)
    }
}

/// Does the work of a command in a thread of its own, until the host wants it to end.
pub(super) fn beside(
    (ends, done): (&Arc<AtomicBool>, &Arc<Done>),
    work: impl FnOnce() -> Result<(), Failure> + Send,
    goes_on: &mut dyn FnMut(HostedProgress) -> bool,
) -> Result<HostedAnswer, NoResult> {
    let (tell, told) = channel();
    let answer = std::thread::scope(|scope| {
        let work = || {
            let _ = tell.send(here((ends, done), work));
        };
        if let Err(error) = Builder::new().spawn_scoped(scope, work) {
            return Err(Failure::Model(format!("no thread can be started: {error}")));
        }
        loop {
            match told.recv_timeout(BETWEEN) {
                Ok(answer) => break Ok(answer),
                Err(RecvTimeoutError::Timeout) => {
                    if !ends.load(Ordering::Relaxed) && !goes_on(HostedProgress::of(done)) {
                        ends.store(true, Ordering::Relaxed);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => {
                    break Err(Failure::Bug("a command ended without a word".to_owned()));
                }
            }
        }
    });
    answer?
}

/// Does the work of a command in this thread.
pub(super) fn here(
    (ends, done): (&Arc<AtomicBool>, &Arc<Done>),
    work: impl FnOnce() -> Result<(), Failure>,
) -> Result<HostedAnswer, NoResult> {
    let (result, said) = captured((ends, done), || caught(work));
    if ends.load(Ordering::Relaxed) {
        return Err(NoResult::Interrupted);
    }
    let result = result.unwrap_or_else(|panic| Err(Failure::of_panic(&panic)));
    let out = String::from_utf8_lossy(&said.out).into_owned();
    let failed = match result {
        Ok(()) => None,
        Err(failure) if out.is_empty() => return Err(failure.into()),
        Err(failure) => Some((failure.code(), failure.text())),
    };
    Ok(HostedAnswer { out, told: said.told, failed })
}
