//! What the code of a run shares: the clock, whose turn it is, and what it asks for.

use super::packet::Packet;
use super::process::Process;
use super::thread::Thread;
use super::wish::Wish;
use flagfall::{Context, FaultPlan, Span, Timer, VirtualTime};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

thread_local! {
    /// The run whose code has this thread of the machine now.
    static WORLD: RefCell<Option<Arc<World>>> = const { RefCell::new(None) };
}

/// How many messages are handled between two questions whether a signal came.
const BETWEEN: u64 = 1 << 10;

/// Whether a signal came whose handler is not called yet.
static NOTED: AtomicBool = AtomicBool::new(false);

/// What such a handler has raised: it ends the run, and is the answer to whoever made it.
static RAISED: Mutex<Option<PyErr>> = Mutex::new(None);

/// A signal came: see `_world/interrupts.py`.
#[pyfunction]
pub(crate) fn interrupt() {
    NOTED.store(true, Ordering::Relaxed);
}

/// Keeps an exception for whoever made the run.
pub(crate) fn raises(error: PyErr) {
    *held(&RAISED) = Some(error);
}

/// What a run has kept for whoever made it.
pub(crate) fn raised() -> Option<PyErr> {
    held(&RAISED).take()
}

/// How many messages are handled before Python's garbage in cycles is collected.
const COLLECTED: u64 = 1 << 12;

#[derive(Default)]
pub(crate) struct World {
    now: AtomicU64,
    /// The number of the event that is handled.
    event: AtomicU64,
    /// The plan of faults, if it makes anybody slow.
    plan: Option<FaultPlan>,
    objects: AtomicU64,
    handled: AtomicU64,
    /// At which message all garbage is collected next, old objects included.
    all_collected: AtomicU64,
    process: Mutex<Option<Py<Process>>>,
    thread: Mutex<Option<Py<Thread>>>,
    wishes: Mutex<Vec<Wish>>,
    /// What ended the run before its time.
    error: Mutex<Option<PyErr>>,
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// As long as it lives, code of a run runs: also if a panic ends it.
pub(crate) struct Inside;

impl Drop for Inside {
    fn drop(&mut self) {
        WORLD.with_borrow_mut(|world| *world = None);
    }
}

/// The run whose code runs now.
///
/// # Errors
/// None does.
pub(crate) fn world() -> PyResult<Arc<World>> {
    let none = || PyRuntimeError::new_err("no Ray program runs here: only code of one can do this");
    WORLD.with_borrow(|world| world.clone()).ok_or_else(none)
}

impl World {
    /// The world of a run with that plan of faults.
    pub(crate) fn new(plan: &FaultPlan) -> Self {
        let plan = plan.slows().then(|| plan.clone());
        Self { plan, ..Self::default() }
    }

    /// Says that this process has its turn, for that event.
    pub(crate) fn enter(
        self: &Arc<Self>,
        process: &Bound<'_, Process>,
        (now, event): (VirtualTime, u64),
    ) -> Inside {
        self.now.store(now.as_nanos(), Ordering::Relaxed);
        self.event.store(event, Ordering::Relaxed);
        *held(&self.process) = Some(process.clone().unbind());
        WORLD.with_borrow_mut(|world| *world = Some(Arc::clone(self)));
        Inside
    }

    pub(crate) fn runs(&self, thread: Option<Py<Thread>>) {
        *held(&self.thread) = thread;
    }

    pub(crate) fn now(&self) -> u64 {
        self.now.load(Ordering::Relaxed)
    }

    pub(crate) fn event(&self) -> u64 {
        self.event.load(Ordering::Relaxed)
    }

    /// How many nanoseconds work takes the current process that takes others so many: a fault plan
    /// may make it slow.
    pub(crate) fn slowed(&self, py: Python<'_>, nanos: u64) -> PyResult<u64> {
        let Some(plan) = &self.plan else { return Ok(nanos) };
        let process = self.process(py)?;
        let now = VirtualTime::from_nanos(self.now());
        let end = plan.end_of_work(&process.get().path(), now, Span::from_nanos(nanos));
        Ok(end.map_or(u64::MAX >> 1, |end| (end - now).as_nanos()))
    }

    pub(crate) fn next_object(&self) -> u64 {
        self.objects.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(crate) fn process(&self, py: Python<'_>) -> PyResult<Py<Process>> {
        let none = || PyRuntimeError::new_err("no process has its turn");
        held(&self.process).as_ref().map(|process| process.clone_ref(py)).ok_or_else(none)
    }

    /// The process whose turn it is ends: none of its threads goes on.
    pub(crate) fn ends(&self, py: Python<'_>) {
        if let Ok(process) = self.process(py) {
            process.get().has_no_ready();
        }
    }

    pub(crate) fn thread(&self, py: Python<'_>) -> PyResult<Py<Thread>> {
        let none = || PyRuntimeError::new_err("the package's own code cannot wait");
        held(&self.thread).as_ref().map(|thread| thread.clone_ref(py)).ok_or_else(none)
    }

    pub(crate) fn wishes(&self, wish: Wish) {
        held(&self.wishes).push(wish);
    }

    /// Takes back the last wish of that kind, if it is not granted yet.
    pub(crate) fn takes_back(&self, wanted: impl Fn(&Wish) -> bool) -> bool {
        let mut wishes = held(&self.wishes);
        let place = wishes.iter().rposition(wanted);
        let taken = place.map(|place| wishes.remove(place));
        // What it holds may make a wish when it is let go of.
        drop(wishes);
        taken.is_some()
    }

    pub(crate) fn timer(&self, thread: Py<Thread>, wait: u64, nanos: u64) {
        self.wishes(Wish::Timer(thread, wait, nanos));
    }

    pub(crate) fn cancel(&self, timer: Timer) {
        self.wishes(Wish::Cancel(timer));
    }

    /// Does what the code has asked for, in its order.
    pub(crate) fn grant(self: &Arc<Self>, py: Python<'_>, context: &mut Context<'_, Packet>) {
        let mut wishes = std::mem::take(&mut *held(&self.wishes));
        for wish in wishes.drain(..) {
            wish.grant(self, context, py);
        }
        // The memory is used again. Granting asks for nothing.
        let mut place = held(&self.wishes);
        if place.is_empty() {
            *place = wishes;
        }
    }

    /// Lets Python look now and then whether a signal came.
    pub(crate) fn signals(&self, py: Python<'_>) -> PyResult<()> {
        if NOTED.swap(false, Ordering::Relaxed) {
            let delivered = py.import("flagfall.ray._world.interrupts")?.call_method0("deliver");
            return delivered.map(drop).inspect_err(|error| raises(error.clone_ref(py)));
        }
        let handled = self.handled.load(Ordering::Relaxed);
        if handled % BETWEEN == 1 { py.check_signals() } else { Ok(()) }
    }

    /// Collects garbage in cycles at fixed places of the run. An actor ends with its last handle,
    /// and Python's own times for that depend on what the interpreter has done before.
    pub(crate) fn collects(&self, py: Python<'_>) -> PyResult<()> {
        let handled = self.handled.fetch_add(1, Ordering::Relaxed) + 1;
        if handled % COLLECTED == 0 {
            // Old objects are looked at when a quarter more messages were handled: so all of that
            // costs a small share of the run, however many objects live.
            let all = handled >= self.all_collected.load(Ordering::Relaxed);
            if all {
                let next = handled + (handled / 4).max(COLLECTED);
                self.all_collected.store(next, Ordering::Relaxed);
            }
            py.import("gc")?.call_method1("collect", (if all { 2 } else { 0 },))?;
        }
        Ok(())
    }

    pub(crate) fn fails(&self, error: PyErr) {
        held(&self.error).get_or_insert(error);
    }

    pub(crate) fn error(&self) -> Option<PyErr> {
        held(&self.error).take()
    }
}
