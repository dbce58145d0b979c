//! One run at a time, and a state of the interpreter for the thread that makes it.

use pyo3::ffi;
use pyo3::prelude::*;
use std::cell::RefCell;
use std::sync::{Condvar, Mutex, PoisonError};

/// Whether a run is being made: the patches of `time` and `random` are the process's.
static TAKEN: Mutex<bool> = Mutex::new(false);
static FREE: Condvar = Condvar::new();

/// The state of the interpreter that a thread of the machine keeps between its calls. Greenlets
/// belong to it, and would be lost with it.
struct Attached(ffi::PyGILState_STATE, *mut ffi::PyThreadState);

impl Attached {
    fn new() -> Self {
        // SAFETY: the interpreter runs, for this library is loaded by it, and nothing of Python is
        // used between the two calls.
        unsafe {
            let state = ffi::PyGILState_Ensure();
            Self(state, ffi::PyEval_SaveThread())
        }
    }
}

impl Drop for Attached {
    fn drop(&mut self) {
        // SAFETY: the same thread made the state, and uses it no more. If the interpreter is gone,
        // so is the state.
        unsafe {
            if ffi::Py_IsInitialized() != 0 {
                ffi::PyEval_RestoreThread(self.1);
                ffi::PyGILState_Release(self.0);
            }
        }
    }
}

thread_local! {
    static ATTACHED: RefCell<Option<Attached>> = const { RefCell::new(None) };
}

/// The right to make a run, until it is dropped.
pub(crate) struct Turn(());

impl Turn {
    /// Waits until no other thread makes a run. Other threads of Python go on meanwhile.
    pub(crate) fn take(py: Python<'_>) -> Self {
        py.detach(|| {
            let mut taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
            while *taken {
                taken = FREE.wait(taken).unwrap_or_else(PoisonError::into_inner);
            }
            *taken = true;
            drop(taken);
            ATTACHED.with_borrow_mut(|attached| {
                attached.get_or_insert_with(Attached::new);
            });
        });
        Self(())
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *TAKEN.lock().unwrap_or_else(PoisonError::into_inner) = false;
        FREE.notify_one();
    }
}
