//! Threads of virtual processes: greenlets that wait for messages.

use super::process::Process;
use super::world::world;
use flagfall::Timer;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// A thread of a virtual process. It costs no thread of the machine.
#[pyclass(frozen, subclass, dict, weakref, module = "flagfall._flagfall")]
pub(crate) struct Thread {
    pub(crate) process: Py<Process>,
    /// The method of its greenlet that goes on with it.
    switch: Mutex<Option<Py<PyAny>>>,
    /// Whether somebody woke it since it last waited.
    woken: AtomicBool,
    /// Whether it waits, and so can be gone on with.
    waits: AtomicBool,
    /// Which wait it is in: a timer of an earlier one is over.
    wait: AtomicU64,
    timer: Mutex<Option<Timer>>,
}

#[pymethods]
impl Thread {
    #[new]
    fn new(process: Py<Process>) -> Self {
        Self {
            process,
            switch: Mutex::default(),
            woken: AtomicBool::new(false),
            waits: AtomicBool::new(true),
            wait: AtomicU64::new(0),
            timer: Mutex::default(),
        }
    }

    #[getter]
    fn process(&self, py: Python<'_>) -> Py<Process> {
        self.process.clone_ref(py)
    }

    /// Sets what goes on with it, once.
    fn runs(&self, switch: Py<PyAny>) {
        *self.switch.lock().unwrap_or_else(PoisonError::into_inner) = Some(switch);
    }

    /// Lets go of what goes on with it, when it has ended: that refers to the thread, and the
    /// collector of Python does not see it.
    fn ends(&self) {
        *self.switch.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Begins to wait, for so many nanoseconds or without an end. `False`: it was woken before, and
    /// need not wait.
    #[pyo3(signature = (nanos=None))]
    fn begin(this: &Bound<'_, Self>, nanos: Option<u64>) -> PyResult<bool> {
        let own = this.get();
        if own.woken.swap(false, Ordering::Relaxed) {
            return Ok(false);
        }
        let wait = own.begins();
        if let Some(nanos) = nanos {
            world()?.timer(this.clone().unbind(), wait, nanos);
        }
        Ok(true)
    }

    /// Whether it was woken, after a wait; otherwise the wait's time has passed.
    fn end(&self) -> bool {
        self.woken.swap(false, Ordering::Relaxed)
    }
}

impl Thread {
    /// Begins to wait, whoever woke it before: which wait it is.
    pub(crate) fn begins(&self) -> u64 {
        self.woken.store(false, Ordering::Relaxed);
        self.waits.store(true, Ordering::Relaxed);
        self.wait.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Lets it go on when what runs now is over. If it does not wait, its next wait ends at once.
    pub(crate) fn wake(&self, this: &Bound<'_, Self>) -> PyResult<()> {
        self.woken.store(true, Ordering::Relaxed);
        if self.waits.swap(false, Ordering::Relaxed) {
            let timer = self.timer.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(timer) = timer {
                world()?.cancel(timer);
            }
            self.process.get().is_ready(this.clone().unbind());
        }
        Ok(())
    }

    /// The time of a wait has passed. `false`: it is over already.
    pub(crate) fn time_is_over(&self, wait: u64) -> bool {
        let current = self.wait.load(Ordering::Relaxed) == wait;
        let goes_on = current && self.waits.swap(false, Ordering::Relaxed);
        if goes_on {
            *self.timer.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
        goes_on
    }

    /// Keeps the timer of a wait. It is wanted no more if the thread was woken meanwhile.
    pub(crate) fn has_timer(&self, wait: u64, timer: Timer) -> bool {
        let wanted =
            self.waits.load(Ordering::Relaxed) && self.wait.load(Ordering::Relaxed) == wait;
        if wanted {
            *self.timer.lock().unwrap_or_else(PoisonError::into_inner) = Some(timer);
        }
        wanted
    }

    /// Runs it until it waits or ends.
    pub(crate) fn go_on(this: &Bound<'_, Self>) -> PyResult<()> {
        let own = this.get();
        let py = this.py();
        let switch = {
            let held = own.switch.lock().unwrap_or_else(PoisonError::into_inner);
            held.as_ref().map(|switch| switch.clone_ref(py))
        };
        let none = || PyRuntimeError::new_err("a thread without a greenlet");
        switch.ok_or_else(none)?.call0(py).map(drop)
    }
}

/// The thread that runs now.
///
/// # Errors
/// No code of a simulation runs.
#[pyfunction]
pub(crate) fn current_thread(py: Python<'_>) -> PyResult<Py<Thread>> {
    world()?.thread(py)
}
