//! What a host gets to see of a command, instead of a terminal.

use super::done::Done;
use std::cell::RefCell;
use std::io::{self, StdoutLock, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What a command has said in this thread: its output, and its lines beside it.
#[derive(Debug, Default)]
pub(crate) struct Captured {
    pub(crate) out: Vec<u8>,
    pub(crate) told: Vec<String>,
    /// Whether the host wants it to end.
    ends: Arc<AtomicBool>,
    /// How far it is.
    done: Arc<Done>,
}

thread_local! {
    /// Of the command that runs in this thread for a host. A command on a terminal has none.
    static CAPTURED: RefCell<Option<Captured>> = const { RefCell::new(None) };
}

/// Runs a command in this thread for a host: what it comes to, and what it said. It ends early
/// if `ends` is set, and `done` tells how far it is. What another one says that a function of the
/// host runs meanwhile is apart.
pub(crate) fn captured<T>(
    (ends, done): (&Arc<AtomicBool>, &Arc<Done>),
    command: impl FnOnce() -> T,
) -> (T, Captured) {
    let (ends, done) = (Arc::clone(ends), Arc::clone(done));
    let begun = Captured { ends, done, ..Captured::default() };
    let outer = CAPTURED.with(|captured| captured.replace(Some(begun)));
    let result = command();
    let captured = CAPTURED.with(|captured| captured.replace(outer));
    (result, captured.unwrap_or_default())
}

/// Keeps a line for the host; false if there is none.
pub(super) fn keep(line: &str) -> bool {
    CAPTURED.with(|captured| match &mut *captured.borrow_mut() {
        Some(captured) => {
            captured.told.push(line.to_owned());
            true
        }
        None => false,
    })
}

/// What tells a command of a host to end; `None` on a terminal.
pub(crate) fn ends() -> Option<Arc<AtomicBool>> {
    CAPTURED.with(|captured| captured.borrow().as_ref().map(|captured| Arc::clone(&captured.ends)))
}

/// Tells any thread whether the host of the command in this one wants it to go on. There is
/// nobody to end it on a terminal.
pub(crate) fn host_goes_on() -> impl Fn() -> bool + Clone + Send + Sync {
    let ends = ends();
    move || !ends.as_ref().is_some_and(|ends| ends.load(Ordering::Relaxed))
}

/// Where the command of this thread tells how far it is. On a terminal nobody reads it.
pub(crate) fn done_here() -> Arc<Done> {
    let of_host = |captured: &Captured| Arc::clone(&captured.done);
    CAPTURED.with(|captured| captured.borrow().as_ref().map(of_host).unwrap_or_default())
}

/// Where results go.
#[derive(Debug)]
pub(crate) enum Out {
    Terminal(StdoutLock<'static>),
    Host,
}

impl Out {
    pub(super) fn here() -> Self {
        match ends() {
            Some(_) => Self::Host,
            None => Self::Terminal(io::stdout().lock()),
        }
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Self::Terminal(out) = self else {
            CAPTURED.with(|captured| {
                if let Some(captured) = &mut *captured.borrow_mut() {
                    captured.out.extend_from_slice(bytes);
                }
            });
            return Ok(bytes.len());
        };
        out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Terminal(out) => out.flush(),
            Self::Host => Ok(()),
        }
    }
}
