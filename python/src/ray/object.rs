//! References to objects, and the places where their values arrive.

use super::process::Process;
use super::thread::{Thread, current_thread};
use super::value::{Stored, Value};
use super::world::world;
use pyo3::exceptions::{PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What has become of an object.
pub(crate) enum State {
    Pending,
    Ready(Value),
    /// An object of `_failures.py`, whose `exception()` is what `get` raises.
    Failed(Py<PyAny>),
}

/// Who waits for an object.
pub(crate) enum Waiter {
    /// A thread that waits for this and more: it is woken when none is left, or at a failure.
    Thread(Py<Thread>, Arc<AtomicUsize>),
    /// A function that is called with the reference, while the process handles the message.
    Function(Py<PyAny>),
}

/// The place of an object in its owner, or in a process that borrows it.
pub(crate) struct Slot {
    /// The number of the object, the same in all processes.
    pub(crate) number: u64,
    /// The process that made the object.
    pub(crate) owner: Py<Process>,
    /// The owner's place, if this is a borrower's.
    pub(crate) origin: Option<Arc<Slot>>,
    /// The actor whose plain call makes it.
    maker: Option<Py<Process>>,
    state: Mutex<State>,
    waiters: Mutex<Vec<Waiter>>,
}

/// How many bytes an identifier has.
const LENGTH: usize = 28;

/// The number of the reference to nothing.
const NIL: u64 = u64::MAX;

/// The number of the object with that identifier.
fn number_of(id: &Bound<'_, PyAny>) -> PyResult<u64> {
    let wrong = || {
        let kind = id.get_type().repr().map_or_else(|_| "?".to_owned(), |text| text.to_string());
        PyTypeError::new_err(format!("Unsupported type: {kind}, expected bytes"))
    };
    let bytes: Vec<u8> = id.cast_exact::<PyBytes>().map_err(|_| wrong())?.as_bytes().to_vec();
    let length = bytes.len();
    if length != LENGTH {
        let text = format!("ID string needs to have length {LENGTH}, got {length}");
        return Err(PyValueError::new_err(text));
    }
    let (head, _) = bytes.split_at(8);
    Ok(head.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Slot {
    pub(crate) fn new(number: u64, owner: Py<Process>, state: State) -> Arc<Self> {
        let (state, waiters) = (Mutex::new(state), Mutex::default());
        Arc::new(Self { number, owner, origin: None, maker: None, state, waiters })
    }

    /// The place of what a plain call of that actor returns.
    pub(crate) fn of_call(number: u64, owner: Py<Process>, maker: Py<Process>) -> Arc<Self> {
        let (state, waiters) = (Mutex::new(State::Pending), Mutex::default());
        Arc::new(Self { number, owner, origin: None, maker: Some(maker), state, waiters })
    }

    pub(crate) fn is_ready(&self) -> bool {
        !matches!(*held(&self.state), State::Pending)
    }

    /// The value, if it is there.
    pub(crate) fn value(&self, py: Python<'_>) -> Option<Value> {
        match &*held(&self.state) {
            State::Ready(value) => Some(value.again(py)),
            _ => None,
        }
    }

    /// Gives it its value, and tells those who wait. What has one keeps it.
    pub(crate) fn fill(this: &Arc<Self>, py: Python<'_>, filled: State) -> PyResult<()> {
        let failed = matches!(filled, State::Failed(_));
        {
            let mut state = held(&this.state);
            if !matches!(*state, State::Pending) {
                return Ok(());
            }
            *state = filled;
        }
        for waiter in std::mem::take(&mut *held(&this.waiters)) {
            match waiter {
                Waiter::Thread(thread, left) => {
                    if left.fetch_sub(1, Ordering::Relaxed) == 1 || failed {
                        thread.get().wake(thread.bind(py))?;
                    }
                }
                Waiter::Function(function) => {
                    function.call1(py, (ObjectRef { slot: Arc::clone(this) },))?;
                }
            }
        }
        Ok(())
    }

    fn await_by(&self, waiter: Waiter) {
        held(&self.waiters).push(waiter);
    }
}

/// A reference to an object: what `.remote()` and `ray.put` return.
///
/// The value lives as long as a reference to it does.
#[pyclass(frozen, subclass, weakref, module = "flagfall._flagfall")]
pub(crate) struct ObjectRef {
    pub(crate) slot: Arc<Slot>,
}

#[pymethods]
impl ObjectRef {
    /// A new object of the current process, without a value; or, with the bytes of an identifier,
    /// a reference that is equal to all others of that object, but never has a value.
    #[new]
    #[pyo3(signature = (id=None))]
    fn new(py: Python<'_>, id: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let world = world()?;
        let owner = world.process(py)?;
        let number = match id {
            None => world.next_object(),
            Some(id) => number_of(id)?,
        };
        Ok(Self { slot: Slot::new(number, owner, State::Pending) })
    }

    /// The reference to nothing.
    #[staticmethod]
    fn nil(py: Python<'_>) -> PyResult<Self> {
        Ok(Self { slot: Slot::new(NIL, world()?.process(py)?, State::Pending) })
    }

    fn is_nil(&self) -> bool {
        self.slot.number == NIL
    }

    /// The task that makes the object.
    fn task_id<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let digits: String = self.hex().chars().take(48).collect();
        py.import("flagfall.ray._ids")?.call_method1("TaskID", (digits,))
    }

    /// The program that makes the object.
    fn job_id<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let digits: String = self.hex().chars().skip(40).take(8).collect();
        py.import("flagfall.ray._ids")?.call_method1("JobID", (digits,))
    }

    /// A future of `concurrent.futures` that gets the value.
    fn future<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        this.py().import("flagfall.ray._futures")?.call_method1("future", (this,))
    }

    /// A borrower's place of the same object, in the current process; the owner's own place in the
    /// owner.
    fn borrowed(&self, py: Python<'_>) -> PyResult<Self> {
        let here = world()?.process(py)?;
        let origin = self.slot.origin.as_ref().unwrap_or(&self.slot);
        if here.is(&origin.owner) {
            return Ok(Self { slot: Arc::clone(origin) });
        }
        let slot = Slot {
            number: origin.number,
            owner: origin.owner.clone_ref(py),
            origin: Some(Arc::clone(origin)),
            maker: None,
            state: Mutex::new(State::Pending),
            waiters: Mutex::default(),
        };
        Ok(Self { slot: Arc::new(slot) })
    }

    /// The owner's place, as a reference.
    #[getter]
    fn origin(&self) -> Self {
        Self { slot: Arc::clone(self.slot.origin.as_ref().unwrap_or(&self.slot)) }
    }

    /// Whether the value is still with its owner alone.
    #[getter]
    fn is_borrowed(&self) -> bool {
        self.slot.origin.is_some()
    }

    /// The actor whose plain call makes it; `None` for all other objects.
    #[getter]
    fn maker(&self, py: Python<'_>) -> Option<Py<Process>> {
        let own = self.slot.origin.as_ref().unwrap_or(&self.slot);
        own.maker.as_ref().map(|maker| maker.clone_ref(py))
    }

    #[getter]
    fn owner(&self, py: Python<'_>) -> Py<Process> {
        self.slot.owner.clone_ref(py)
    }

    #[getter]
    fn number(&self) -> u64 {
        self.slot.number
    }

    /// Whether it has a value, or failed.
    #[getter]
    fn ready(&self) -> bool {
        self.slot.is_ready()
    }

    /// What it failed with; `None` if it has a value or is pending.
    #[getter]
    fn failure(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        match &*held(&self.slot.state) {
            State::Failed(failure) => Some(failure.clone_ref(py)),
            _ => None,
        }
    }

    /// The value, unopened.
    #[getter]
    fn stored(&self, py: Python<'_>) -> Option<Stored> {
        self.slot.value(py).map(Stored)
    }

    /// The value as an object of the current process.
    fn take<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let value = self.slot.value(py);
        let pending = || PyRuntimeError::new_err("the object has no value yet");
        value.ok_or_else(pending)?.take(py)
    }

    /// Gives it a value.
    fn fill(&self, py: Python<'_>, stored: &Stored) -> PyResult<()> {
        Slot::fill(&self.slot, py, State::Ready(stored.0.again(py)))
    }

    /// Lets it fail: `failure.exception()` is what `get` raises.
    fn fail(&self, py: Python<'_>, failure: Py<PyAny>) -> PyResult<()> {
        Slot::fill(&self.slot, py, State::Failed(failure))
    }

    /// Calls a function with this reference when it is ready: at once, if it is.
    fn then(this: &Bound<'_, Self>, function: Py<PyAny>) -> PyResult<()> {
        let slot = &this.get().slot;
        if slot.is_ready() {
            function.call1(this.py(), (this,))?;
        } else {
            slot.await_by(Waiter::Function(function));
        }
        Ok(())
    }

    /// A future of the running event loop with the value.
    fn as_future<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        this.py().import("flagfall.ray._futures")?.call_method1("as_future", (this,))
    }

    fn __await__<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::as_future(this)?.call_method0("__await__")
    }

    fn __hash__(&self) -> u64 {
        self.slot.number
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().slot.number == self.slot.number)
    }

    fn binary(&self) -> Vec<u8> {
        if self.is_nil() {
            return vec![0xff; LENGTH];
        }
        let mut bytes = vec![0; LENGTH];
        bytes[..8].copy_from_slice(&self.slot.number.to_be_bytes());
        // The number of the program, then that of the object among those of its task.
        bytes[20..24].copy_from_slice(&1_u32.to_le_bytes());
        bytes[24..].copy_from_slice(&1_u32.to_le_bytes());
        bytes
    }

    fn hex(&self) -> String {
        use std::fmt::Write;
        self.binary().iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    fn __repr__(&self) -> String {
        format!("ObjectRef({})", self.hex())
    }
}

/// Lets the current thread be woken when all those references are ready, or one has failed.
/// Returns how many are pending; if none is, or one has failed, nobody is woken.
#[pyfunction]
pub(crate) fn await_all(references: Vec<Bound<'_, ObjectRef>>) -> PyResult<usize> {
    let failed = |slot: &Slot| matches!(*held(&slot.state), State::Failed(_));
    if references.iter().any(|reference| failed(&reference.get().slot)) {
        return Ok(0);
    }
    let mut pending: Vec<_> =
        references.iter().filter(|reference| !reference.get().slot.is_ready()).collect();
    pending.sort_by_key(|reference| reference.as_ptr() as usize);
    pending.dedup_by_key(|reference| reference.as_ptr() as usize);
    let Some(first) = pending.first() else { return Ok(0) };
    let thread = current_thread(first.py())?;
    let left = Arc::new(AtomicUsize::new(pending.len()));
    for reference in &pending {
        let waiter = Waiter::Thread(thread.clone_ref(first.py()), Arc::clone(&left));
        reference.get().slot.await_by(waiter);
    }
    Ok(pending.len())
}

/// The values of those references, if all have one that needs no code of Python to be read. `None`:
/// one has none yet, or has failed, or is read from a pickle, or the list holds something else.
#[pyfunction]
pub(crate) fn taken<'py>(references: &Bound<'py, PyList>) -> PyResult<Option<Bound<'py, PyList>>> {
    let py = references.py();
    let mut values = Vec::with_capacity(references.len());
    for object in references.iter() {
        let Ok(reference) = object.cast_exact::<ObjectRef>() else { return Ok(None) };
        let Some(value) = reference.get().slot.value(py) else { return Ok(None) };
        if value.is_pickled() {
            return Ok(None);
        }
        values.push(value.take(py)?);
    }
    PyList::new(py, values).map(Some)
}
