//! Commands for a host: their own code, and what they would have printed.

use super::NoResult;
use super::host::Host;
use crate::command::dispatch::hosted;
use crate::command::talk::{Failure, captured};
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
    /// Runs a command: `["sweep"]` with a model and its options and then the options of the
    /// command, one word each. Nothing is printed. `goes_on` is asked every few milliseconds; a
    /// study that is to end does so between two replications, and keeps its rows.
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
    /// let answer = Host::new(&program).command("compare", &model, &own, &mut || true)?;
    /// assert!(answer.out.starts_with("{"));
    /// # Ok::<(), flagfall_cli::NoResult>(())
    /// ```
    pub fn command(
        &self,
        name: &str,
        model: &[String],
        own: &[String],
        goes_on: &mut dyn FnMut() -> bool,
    ) -> Result<HostedAnswer, NoResult> {
        if !model.is_empty() {
            self.check_known(model)?;
        }
        let words = [self.program.name.as_str(), name].into_iter().map(OsString::from);
        let arguments: Vec<OsString> =
            words.chain(model.iter().chain(own).map(OsString::from)).collect();
        // Here, where a mistake of its own would be found.
        let tree = self.tree();
        let ends = Arc::new(AtomicBool::new(false));
        beside(&ends, || hosted(self.program, tree, arguments), goes_on)
    }
}

/// Does the work of a command in a thread of its own, until the host wants it to end.
pub(super) fn beside(
    ends: &Arc<AtomicBool>,
    work: impl FnOnce() -> Result<(), Failure> + Send,
    goes_on: &mut dyn FnMut() -> bool,
) -> Result<HostedAnswer, NoResult> {
    let (tell, told) = channel();
    let done = std::thread::scope(|scope| {
        let work = || {
            let _ = tell.send(here(ends, work));
        };
        if let Err(error) = Builder::new().spawn_scoped(scope, work) {
            return Err(Failure::Model(format!("no thread can be started: {error}")));
        }
        loop {
            match told.recv_timeout(BETWEEN) {
                Ok(done) => break Ok(done),
                Err(RecvTimeoutError::Timeout) => {
                    if !ends.load(Ordering::Relaxed) && !goes_on() {
                        ends.store(true, Ordering::Relaxed);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => {
                    break Err(Failure::Bug("a command ended without a word".to_owned()));
                }
            }
        }
    });
    done?
}

/// Does the work of a command in this thread.
pub(super) fn here(
    ends: &Arc<AtomicBool>,
    work: impl FnOnce() -> Result<(), Failure>,
) -> Result<HostedAnswer, NoResult> {
    let (result, said) = captured(ends, || caught(work));
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
