//! What code of a process asks for. It is done when the code waits or ends, because the engine
//! is not at hand while other code has the stack.

use super::call::Call;
use super::packet::{Answer, Packet};
use super::process::{Member, Process};
use super::thread::Thread;
use super::world::{World, world};
use flagfall::{Context, ReplyTo, Span, SpawnOptions, Timer, VirtualTime};
use pyo3::prelude::*;
use std::sync::{Arc, Mutex, PoisonError};

pub(crate) enum Wish {
    Call(Py<Process>, Py<Call>),
    Question(Py<Process>, Py<Call>),
    Note(Py<Process>, &'static str, Py<PyAny>),
    Reply(ReplyTo<Answer>, Answer),
    Forward(ReplyTo<Answer>, Py<Process>, Py<Call>),
    /// To give life to a process, and whether it gets a message to start with.
    Spawn(Py<Process>, bool),
    /// The first one has died, and the other gets its place.
    Succeed(Py<Process>, Py<Process>),
    Kill(Py<Process>),
    /// To be told of its death, by the note `gone`.
    Watch(Py<Process>),
    Stop,
    Fail(String),
    Timer(Py<Thread>, u64, u64),
    Cancel(Timer),
    EndRun,
}

impl Wish {
    /// Does it, for the process whose turn it is.
    pub(crate) fn grant(
        self,
        world: &Arc<World>,
        context: &mut Context<'_, Packet>,
        py: Python<'_>,
    ) {
        // Who was never born cannot get anything.
        let at = |process: &Py<Process>| process.get().address();
        match self {
            Self::Call(to, call) => {
                let Some(to) = at(&to) else { return };
                if call.get().is_unheard() {
                    context.send(&to, Packet::Call(call, None));
                    return;
                }
                let kept = call.clone_ref(py);
                context.request(
                    &to,
                    |reply| Packet::Call(call, Some(reply)),
                    |answer| Packet::Reply(kept, answer),
                );
            }
            Self::Question(to, call) => {
                let Some(to) = at(&to) else { return };
                let kept = call.clone_ref(py);
                context.request(
                    &to,
                    |reply| Packet::Question(call, reply),
                    |answer| Packet::Reply(kept, answer),
                );
            }
            Self::Note(to, name, payload) => {
                if let Some(to) = at(&to) {
                    context.send(&to, Packet::Note(name, payload));
                }
            }
            Self::Reply(reply, answer) => context.reply(reply, answer),
            Self::Forward(reply, to, call) => {
                if let Some(to) = at(&to) {
                    context.forward(reply, &to, |reply| Packet::Call(call, Some(reply)));
                }
            }
            Self::Spawn(process, starts) => {
                let (spawn, member) = newborn(world, &process, py);
                let address = context.spawn(spawn, member);
                process.get().owned_by(context.me());
                process.get().born(address);
                if starts {
                    context.send(&address, Packet::Start);
                }
            }
            Self::Succeed(dead, process) => {
                let (spawn, member) = newborn(world, &process, py);
                let place = dead.get().place();
                let below = place.and_then(|(owner, number)| {
                    let address =
                        context.spawn_below(&owner, spawn.clone().numbered(number), member)?;
                    Some((owner, address))
                });
                let (owner, address) = below.unwrap_or_else(|| {
                    // The owner is gone, or the dead one never had a message and so no path.
                    let (_, member) = newborn(world, &process, py);
                    (context.me(), context.spawn(spawn, member))
                });
                process.get().owned_by(owner);
                // It is announced by whoever let it succeed.
                process.get().born(address);
            }
            Self::Kill(process) => {
                if let Some(process) = at(&process) {
                    context.kill(&process);
                }
            }
            Self::Watch(process) => {
                if let Some(watched) = at(&process) {
                    context.watch(&watched, move |notice| {
                        let cause = format!("{:?}", notice.cause);
                        let at = notice.when.map(VirtualTime::as_nanos);
                        let gone = Python::attach(|py| {
                            // It has a dictionary, so that never fails.
                            let _ = process.setattr(py, "death", cause);
                            let _ = process.setattr(py, "died_at", at);
                            process.clone_ref(py).into_any()
                        });
                        Packet::Note("gone", gone)
                    });
                }
            }
            Self::Stop => {
                world.ends(py);
                context.stop();
            }
            Self::Fail(reason) => {
                world.ends(py);
                context.fail(reason);
            }
            Self::Timer(thread, wait, nanos) => {
                let packet = Packet::Time(thread.clone_ref(py), wait);
                let timer = context.set_timer(Span::from_nanos(nanos), packet);
                if !thread.get().has_timer(wait, timer) {
                    context.cancel(timer);
                }
            }
            Self::Cancel(timer) => {
                context.cancel(timer);
            }
            Self::EndRun => context.end_run(),
        }
    }
}

/// The name and the actor of a process that gets its life.
fn newborn(world: &Arc<World>, process: &Py<Process>, py: Python<'_>) -> (SpawnOptions, Member) {
    let label = process.get().label.clone();
    let member = Member { process: process.clone_ref(py), world: Arc::clone(world) };
    (SpawnOptions::counted(label), member)
}

/// The number of the event that is handled.
#[pyfunction]
pub(crate) fn event() -> PyResult<u64> {
    Ok(world()?.event())
}

/// How many nanoseconds work takes the current process that takes others so many.
#[pyfunction]
pub(crate) fn slowed(py: Python<'_>, nanos: u64) -> PyResult<u64> {
    world()?.slowed(py, nanos)
}

/// Virtual time since the beginning of the run, in nanoseconds.
#[pyfunction]
pub(crate) fn now() -> PyResult<u64> {
    Ok(world()?.now())
}

/// Sends a message of the package: the receiver's `arrive(name, payload)` gets it.
#[pyfunction]
pub(crate) fn send(to: Py<Process>, name: &str, payload: Py<PyAny>) -> PyResult<()> {
    world()?.wishes(Wish::Note(to, word(name), payload));
    Ok(())
}

/// Sends a call: as a question, it goes to the receiver's `asked(call)`.
#[pyfunction]
#[pyo3(signature = (to, call, question=false))]
pub(crate) fn ask(to: Py<Process>, call: Py<Call>, question: bool) -> PyResult<()> {
    let wish = if question { Wish::Question(to, call) } else { Wish::Call(to, call) };
    world()?.wishes(wish);
    Ok(())
}

/// Lets another process answer a call that this one got.
#[pyfunction]
pub(crate) fn forward(to: Py<Process>, call: Py<Call>) -> PyResult<()> {
    if let Some(reply) = call.get().take_reply() {
        world()?.wishes(Wish::Forward(reply, to, call));
    }
    Ok(())
}

/// Takes the last note of that name to that process back, if it is not sent yet. `False`: it is.
#[pyfunction]
pub(crate) fn take_back(to: &Bound<'_, Process>, name: &str) -> PyResult<bool> {
    Ok(world()?.takes_back(
        |wish| matches!(wish, Wish::Note(receiver, word, _) if receiver.is(to) && *word == name),
    ))
}

/// Gives life to a process, which the current one owns. With `starts`, its `start()` is called;
/// otherwise it waits for its first message.
#[pyfunction]
#[pyo3(signature = (process, starts=true))]
pub(crate) fn spawn(process: Py<Process>, starts: bool) -> PyResult<()> {
    world()?.wishes(Wish::Spawn(process, starts));
    Ok(())
}

/// Gives life to a process that succeeds one that has died: it gets its name and its owner.
#[pyfunction]
pub(crate) fn succeed(dead: Py<Process>, process: Py<Process>) -> PyResult<()> {
    world()?.wishes(Wish::Succeed(dead, process));
    Ok(())
}

/// Ends another process, whatever it is doing.
#[pyfunction]
pub(crate) fn kill(process: Py<Process>) -> PyResult<()> {
    world()?.wishes(Wish::Kill(process));
    Ok(())
}

/// Lets the current process be told when that one has died: its `arrive("gone", process)`.
#[pyfunction]
pub(crate) fn watch(process: Py<Process>) -> PyResult<()> {
    world()?.wishes(Wish::Watch(process));
    Ok(())
}

/// The process whose code runs now; `None` outside of runs.
#[pyfunction]
pub(crate) fn current_process(py: Python<'_>) -> Option<Py<Process>> {
    world().and_then(|world| world.process(py)).ok()
}

/// Ends the current process when its code waits or ends.
#[pyfunction]
pub(crate) fn stop_process() -> PyResult<()> {
    world()?.wishes(Wish::Stop);
    Ok(())
}

/// Lets the current process fail for that reason.
#[pyfunction]
pub(crate) fn fail(reason: String) -> PyResult<()> {
    world()?.wishes(Wish::Fail(reason));
    Ok(())
}

/// Ends the run.
#[pyfunction]
pub(crate) fn end_run() -> PyResult<()> {
    world()?.wishes(Wish::EndRun);
    Ok(())
}

/// Lets a thread of the current process go on.
#[pyfunction]
pub(crate) fn wake(thread: &Bound<'_, Thread>) -> PyResult<()> {
    thread.get().wake(thread)
}

/// The names of messages are few, and live as long as the program.
fn word(name: &str) -> &'static str {
    static WORDS: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());
    let mut words = WORDS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(word) = words.iter().find(|word| **word == name) {
        return word;
    }
    let word: &'static str = Box::leak(name.to_owned().into_boxed_str());
    words.push(word);
    word
}
