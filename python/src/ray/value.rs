//! Values as Ray's object store keeps them: what was put there does not change any more.

use pyo3::exceptions::PyRecursionError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyDict, PyFloat, PyInt, PyList, PyNone, PyString, PyTuple,
};

/// How deep lists and dictionaries are copied here. What is deeper is pickled.
const DEPTH: usize = 16;

/// How many lists and dictionaries of one value are copied here. A value with more is pickled.
const CONTAINERS: usize = 256;

/// A value that nobody can change.
#[derive(Debug)]
pub(crate) enum Value {
    /// It cannot change: a number, a text, a tuple of such.
    Shared(Py<PyAny>),
    /// Lists and dictionaries, copied whenever the value is taken.
    Plain(Py<PyAny>),
    /// A `Frozen` of `_pickling.py`: everything else.
    Frozen(Py<PyAny>),
}

impl Value {
    /// A snapshot of an object.
    ///
    /// # Errors
    /// What pickling it raises.
    pub(crate) fn of(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        // Each taker gets a tuple of its own.
        let is_tuple = object.is_exact_instance_of::<PyTuple>();
        if !is_tuple && is_constant(object, 0) {
            return Ok(Self::Shared(object.clone().unbind()));
        }
        if let Some(copy) = Copier::default().copy(object, 0, false) {
            return Ok(Self::Plain(copy.unbind()));
        }
        static FREEZE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let freeze = FREEZE.import(object.py(), "flagfall.ray._pickling", "freeze")?;
        Ok(Self::Frozen(freeze.call1((object,))?.unbind()))
    }

    /// The value as an object of the process that takes it.
    ///
    /// # Errors
    /// What reading the pickle raises.
    pub(crate) fn take<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match self {
            Self::Shared(object) => Ok(object.bind(py).clone()),
            Self::Plain(object) => Copier::default()
                .copy(object.bind(py), 0, false)
                .ok_or_else(|| PyRecursionError::new_err("a value that was copied once")),
            Self::Frozen(frozen) => frozen.bind(py).call_method0("thaw"),
        }
    }

    /// Whether it is read from a pickle, by code of Python.
    pub(crate) fn is_pickled(&self) -> bool {
        matches!(self, Self::Frozen(_))
    }

    /// The same value: nobody can change it, so nothing is copied.
    pub(crate) fn again(&self, py: Python<'_>) -> Self {
        match self {
            Self::Shared(object) => Self::Shared(object.clone_ref(py)),
            Self::Plain(object) => Self::Plain(object.clone_ref(py)),
            Self::Frozen(frozen) => Self::Frozen(frozen.clone_ref(py)),
        }
    }

    /// What is kept: for digests and for texts.
    pub(crate) fn kept<'a, 'py>(&'a self, py: Python<'py>) -> &'a Bound<'py, PyAny> {
        match self {
            Self::Shared(kept) | Self::Plain(kept) | Self::Frozen(kept) => kept.bind(py),
        }
    }
}

/// A value in Python's hands, unopened.
#[pyclass(frozen, module = "flagfall._flagfall")]
pub(crate) struct Stored(pub(crate) Value);

#[pymethods]
impl Stored {
    /// A snapshot of that object.
    #[new]
    fn new(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        Value::of(object).map(Self)
    }

    /// The value as an object of the current process: a copy, if it could be changed.
    fn take<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.0.take(py)
    }
}

/// Whether nothing in it can ever change.
fn is_constant(object: &Bound<'_, PyAny>, depth: usize) -> bool {
    if object.is_exact_instance_of::<PyInt>()
        || object.is_exact_instance_of::<PyString>()
        || object.is_exact_instance_of::<PyFloat>()
        || object.is_exact_instance_of::<PyNone>()
        || object.is_exact_instance_of::<PyBool>()
        || object.is_exact_instance_of::<PyBytes>()
    {
        return true;
    }
    let Ok(tuple) = object.cast_exact::<PyTuple>() else { return false };
    depth < DEPTH && tuple.iter().all(|item| is_constant(&item, depth + 1))
}

/// Copies values as Ray writes them: a list in two places of a list becomes two lists, for lists
/// and dictionaries are written one by one. What is in a tuple is pickled, and stays the same.
#[derive(Default)]
struct Copier {
    /// How many lists and dictionaries there were.
    containers: usize,
    /// Addresses of tuples and what is in them. One that comes again is left to a pickle.
    seen: Vec<usize>,
}

impl Copier {
    /// A copy. `None`: it holds something that has to be pickled.
    fn copy<'py>(
        &mut self,
        object: &Bound<'py, PyAny>,
        depth: usize,
        in_tuple: bool,
    ) -> Option<Bound<'py, PyAny>> {
        let is_tuple = object.is_exact_instance_of::<PyTuple>();
        if !(is_tuple && depth == 0) && is_constant(object, 0) {
            return Some(object.clone());
        }
        if let (false, Ok(bytes)) = (in_tuple, object.cast_exact::<PyByteArray>()) {
            return Some(PyBytes::new(object.py(), &bytes.to_vec()).into_any());
        }
        self.containers += 1;
        if depth >= DEPTH || self.containers > CONTAINERS {
            return None;
        }
        if is_tuple || in_tuple {
            let address = object.as_ptr() as usize;
            if self.seen.contains(&address) {
                return None;
            }
            self.seen.push(address);
        }
        self.copy_items(object, depth + 1, is_tuple || in_tuple)
    }

    fn copy_items<'py>(
        &mut self,
        object: &Bound<'py, PyAny>,
        depth: usize,
        in_tuple: bool,
    ) -> Option<Bound<'py, PyAny>> {
        let py = object.py();
        if let Ok(list) = object.cast_exact::<PyList>() {
            let copy = PyList::empty(py);
            for item in list.iter() {
                copy.append(self.copy(&item, depth, in_tuple)?).ok()?;
            }
            return Some(copy.into_any());
        }
        if let Ok(dict) = object.cast_exact::<PyDict>() {
            let copy = PyDict::new(py);
            for (key, value) in dict.iter() {
                if !is_constant(&key, 0) {
                    return None;
                }
                copy.set_item(key, self.copy(&value, depth, in_tuple)?).ok()?;
            }
            return Some(copy.into_any());
        }
        let tuple = object.cast_exact::<PyTuple>().ok()?;
        let items: Option<Vec<_>> =
            tuple.iter().map(|item| self.copy(&item, depth, in_tuple)).collect();
        Some(PyTuple::new(py, items?).ok()?.into_any())
    }
}
