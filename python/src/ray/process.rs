//! The processes of Ray as actors of the engine.

use super::call::Call;
use super::packet::Packet;
use super::thread::Thread;
use super::world::World;
use flagfall::{Actor, ActorRef, Context};
use pyo3::prelude::*;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A virtual process, as Python sees it. Its rules are in a class of Python below this one, with a
/// method `arrive(name, payload)` for messages.
#[pyclass(frozen, subclass, dict, weakref, module = "flagfall._flagfall")]
pub(crate) struct Process {
    /// The number of the process in its run.
    pub(crate) number: u64,
    /// What its path is made of.
    pub(crate) label: String,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    address: Option<ActorRef<Packet>>,
    owner: Option<ActorRef<Packet>>,
    path: String,
    /// Calls that no thread has taken.
    calls: VecDeque<Py<Call>>,
    /// Threads that wait for calls.
    idle: Vec<Py<Thread>>,
    /// Threads that go on before the process handles its next message.
    ready: VecDeque<Py<Thread>>,
}

#[pymethods]
impl Process {
    #[new]
    #[pyo3(signature = (number, label, *_arguments, **_keywords))]
    fn new(
        number: u64,
        label: String,
        _arguments: &Bound<'_, pyo3::types::PyTuple>,
        _keywords: Option<&Bound<'_, pyo3::types::PyDict>>,
    ) -> Self {
        Self { number, label, state: Mutex::default() }
    }

    #[getter]
    fn number(&self) -> u64 {
        self.number
    }

    #[getter]
    fn label(&self) -> &str {
        &self.label
    }

    /// Its path in traces and for random streams, such as `driver/Counter[0]`.
    #[getter]
    pub(crate) fn path(&self) -> String {
        self.state().path.clone()
    }

    /// The next call, or `None`: then the thread has begun to wait, and is woken when there is one.
    fn next_call(&self, thread: Py<Thread>) -> Option<Py<Call>> {
        let mut state = self.state();
        let call = state.calls.pop_front();
        if call.is_none() {
            thread.get().begins();
            state.idle.push(thread);
        }
        call
    }

    /// How many calls wait.
    #[getter]
    fn waiting(&self) -> usize {
        self.state().calls.len()
    }

    /// Takes all calls that wait.
    fn take_calls(&self) -> Vec<Py<Call>> {
        self.state().calls.drain(..).collect()
    }

    /// Takes a call that waits away: the one that makes that object.
    fn take_call(&self, number: u64) -> Option<Py<Call>> {
        let mut state = self.state();
        let place = state.calls.iter().position(|call| call.get().makes(number))?;
        state.calls.remove(place)
    }

    /// Lets go of its calls and threads, at the end of the run: they refer to it, and the collector
    /// of Python does not see that.
    fn forget(&self) {
        let mut state = self.state();
        let calls = std::mem::take(&mut state.calls);
        let (idle, ready) = (std::mem::take(&mut state.idle), std::mem::take(&mut state.ready));
        // Dropping them may ask for the state.
        drop(state);
        drop((calls, idle, ready));
    }

    /// Gives a call to a thread that waits for one.
    fn put_call(&self, py: Python<'_>, call: Py<Call>) -> PyResult<()> {
        let idle = {
            let mut state = self.state();
            state.calls.push_back(call);
            if state.idle.is_empty() { None } else { Some(state.idle.remove(0)) }
        };
        idle.map_or(Ok(()), |thread| thread.get().wake(thread.bind(py)))
    }
}

impl Process {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn address(&self) -> Option<ActorRef<Packet>> {
        self.state().address
    }

    pub(crate) fn born(&self, address: ActorRef<Packet>) {
        self.state().address = Some(address);
    }

    /// Its owner, if it has one, and the number in its name. There is none before its first message.
    pub(crate) fn place(&self) -> Option<(ActorRef<Packet>, u32)> {
        let state = self.state();
        let (_, number) = state.path.strip_suffix(']')?.rsplit_once('[')?;
        Some((state.owner?, number.parse().ok()?))
    }

    pub(crate) fn owned_by(&self, owner: ActorRef<Packet>) {
        self.state().owner = Some(owner);
    }

    /// Keeps its path, at its first message.
    fn is_at(&self, context: &Context<'_, Packet>) {
        let mut state = self.state();
        if state.path.is_empty() {
            state.path = context.path();
        }
    }

    pub(crate) fn has_no_ready(&self) {
        self.state().ready.clear();
    }

    pub(crate) fn is_ready(&self, thread: Py<Thread>) {
        self.state().ready.push_back(thread);
    }
}

/// The actor of the engine behind a process.
pub(crate) struct Member {
    pub(crate) process: Py<Process>,
    pub(crate) world: Arc<World>,
}

impl Actor for Member {
    type Message = Packet;

    fn handle(&mut self, packet: Packet, context: &mut Context<'_, Packet>) {
        Python::attach(|py| {
            let process = self.process.bind(py);
            let _turn = self.world.enter(process, (context.now(), context.event()));
            process.get().is_at(context);
            let mut done = self.world.collects(py).and_then(|()| arrive(process, packet));
            loop {
                self.world.grant(py, context);
                if done.is_err() {
                    break;
                }
                let Some(thread) = process.get().state().ready.pop_front() else { break };
                self.world.runs(Some(thread.clone_ref(py)));
                done = Thread::go_on(thread.bind(py));
                self.world.runs(None);
            }
            if let Err(error) = done.and_then(|()| self.world.signals(py)) {
                self.world.fails(error);
                context.end_run();
            }
        });
    }
}

/// What each kind of message does before threads go on.
fn arrive(process: &Bound<'_, Process>, packet: Packet) -> PyResult<()> {
    let py = process.py();
    match packet {
        Packet::Start => process.call_method0("start").map(drop),
        Packet::Call(call, reply) => {
            reply.into_iter().for_each(|reply| call.get().keep(reply));
            let paused = process.get().state().idle.is_empty();
            if paused || call.get().is_special() {
                process.call_method1("call", (call,)).map(drop)
            } else {
                process.get().put_call(py, call)
            }
        }
        Packet::Reply(call, answer) => Call::answered(call.bind(py), answer),
        Packet::Time(thread, wait) => {
            if thread.get().time_is_over(wait) {
                process.get().is_ready(thread);
            }
            Ok(())
        }
        Packet::Note(name, payload) => process.call_method1("arrive", (name, payload)).map(drop),
        Packet::Question(call, reply) => {
            call.get().keep(reply);
            process.call_method1("asked", (call,)).map(drop)
        }
    }
}
