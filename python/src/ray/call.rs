//! Calls of methods and tasks, and questions between processes.

use super::contents::{feed, feed_value, shown};
use super::object::{ObjectRef, Slot, State};
use super::packet::Answer;
use super::process::Process;
use super::value::{Stored, Value};
use super::wish::Wish;
use super::world::world;
use flagfall::{Digest, ReplyTo, RequestError};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};
use std::fmt::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// A method, its arguments, and those with names. No method: it is one that Ray gives each actor.
type Opened<'py> = (Option<Bound<'py, PyAny>>, Bound<'py, PyTuple>, Option<Bound<'py, PyDict>>);

/// One call, from the process that makes it to its answer.
#[pyclass(frozen, module = "flagfall._flagfall")]
pub(crate) struct Call {
    /// The method or function.
    name: Py<PyString>,
    /// Whose it is: a class, or nothing for a function.
    class: Py<PyString>,
    arguments: Vec<Value>,
    keywords: Vec<(Py<PyString>, Value)>,
    /// Where the results arrive.
    slots: Vec<Arc<Slot>>,
    /// What the rules of Ray need besides; `None` for a plain call of a method.
    extra: Option<Py<PyAny>>,
    reply: Mutex<Option<ReplyTo<Answer>>>,
    /// Whether nobody wants its answer any more.
    cancelled: AtomicBool,
}

/// How the names of methods begin that Ray gives each actor.
const OF_RAY: &str = "__ray_";

#[pymethods]
impl Call {
    /// A call with stored arguments, whose results fill those references. With `extra`, the answer
    /// goes to `extra.answered(call, kind, payload)` and not into the references.
    #[new]
    #[pyo3(signature = (name, class_, arguments, keywords, references, extra=None))]
    fn new(
        name: Py<PyString>,
        class_: Py<PyString>,
        arguments: Vec<Bound<'_, Stored>>,
        keywords: Vec<(Py<PyString>, Bound<'_, Stored>)>,
        references: Vec<Bound<'_, ObjectRef>>,
        extra: Option<Py<PyAny>>,
    ) -> Self {
        let again = |stored: &Bound<'_, Stored>| stored.get().0.again(stored.py());
        Self {
            name,
            class: class_,
            arguments: arguments.iter().map(again).collect(),
            keywords: keywords
                .iter()
                .map(|(name, value)| (name.clone_ref(value.py()), again(value)))
                .collect(),
            slots: references.iter().map(|one| Arc::clone(&one.get().slot)).collect(),
            extra,
            reply: Mutex::default(),
            cancelled: AtomicBool::new(false),
        }
    }

    #[getter]
    fn name(&self, py: Python<'_>) -> Py<PyString> {
        self.name.clone_ref(py)
    }

    #[getter]
    fn class_name(&self, py: Python<'_>) -> Py<PyString> {
        self.class.clone_ref(py)
    }

    #[getter]
    fn extra(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.extra.as_ref().map(|extra| extra.clone_ref(py))
    }

    /// The number of its first object; 0 if it has none.
    #[getter]
    fn number(&self) -> u64 {
        self.slots.first().map_or(0, |slot| slot.number)
    }

    /// The method of that object that it calls, and its arguments. All at once, because each
    /// crossing of the border costs.
    fn opened<'py>(&self, of: &Bound<'py, PyAny>) -> PyResult<Opened<'py>> {
        let py = of.py();
        let name = self.name.bind(py);
        let of_ray = name.to_string_lossy().starts_with(OF_RAY);
        let method = if of_ray { None } else { Some(of.getattr(name)?) };
        Ok((method, self.positional(py)?, self.named(py)?))
    }

    #[getter]
    fn references(&self) -> Vec<ObjectRef> {
        self.slots.iter().map(|slot| ObjectRef { slot: Arc::clone(slot) }).collect()
    }

    /// The positional arguments, as objects of the current process.
    fn positional<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        match &self.arguments[..] {
            [] => Ok(PyTuple::empty(py)),
            all => {
                let taken: PyResult<Vec<_>> = all.iter().map(|value| value.take(py)).collect();
                PyTuple::new(py, taken?)
            }
        }
    }

    /// The arguments with a name, as objects of the current process; `None` if there are none.
    fn named<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        if self.keywords.is_empty() {
            return Ok(None);
        }
        let named = PyDict::new(py);
        for (name, value) in &self.keywords {
            named.set_item(name.bind(py), value.take(py)?)?;
        }
        Ok(Some(named))
    }

    /// The same call once more, for a retry.
    fn again(&self, py: Python<'_>) -> Self {
        Self {
            name: self.name.clone_ref(py),
            class: self.class.clone_ref(py),
            arguments: self.arguments.iter().map(|value| value.again(py)).collect(),
            keywords: (self.keywords.iter())
                .map(|(name, value)| (name.clone_ref(py), value.again(py)))
                .collect(),
            slots: self.slots.clone(),
            extra: self.extra.as_ref().map(|extra| extra.clone_ref(py)),
            reply: Mutex::default(),
            cancelled: AtomicBool::new(false),
        }
    }

    /// Answers with one value, of which a snapshot is taken. `False`: the call was cancelled, and
    /// has no answer yet.
    fn give(&self, value: &Bound<'_, PyAny>) -> PyResult<bool> {
        if self.cancelled() {
            return Ok(false);
        }
        self.reply_with(Answer::One(Value::of(value)?))?;
        Ok(true)
    }

    /// Says that nobody wants its answer any more.
    fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether nobody wants its answer any more.
    #[getter]
    fn cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Answers with that many stored values.
    fn give_stored(&self, py: Python<'_>, values: Vec<Bound<'_, Stored>>) -> PyResult<()> {
        self.reply_with(Answer::Many(values.iter().map(|one| one.get().0.again(py)).collect()))
    }

    /// Answers with a failure: see `_failures.py`.
    fn give_failure(&self, failure: Py<PyAny>) -> PyResult<()> {
        self.reply_with(Answer::Failed(failure))
    }

    /// Answers with an object of the package that is not copied.
    fn give_object(&self, object: Py<PyAny>) -> PyResult<()> {
        self.reply_with(Answer::Object(object))
    }

    /// Whether nobody has answered it.
    #[getter]
    fn is_open(&self) -> bool {
        self.reply.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        self.text(py)
    }
}

impl Call {
    pub(crate) fn keep(&self, reply: ReplyTo<Answer>) {
        *self.reply.lock().unwrap_or_else(PoisonError::into_inner) = Some(reply);
    }

    pub(crate) fn take_reply(&self) -> Option<ReplyTo<Answer>> {
        self.reply.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Whether its result is that object.
    pub(crate) fn makes(&self, number: u64) -> bool {
        self.slots.iter().any(|slot| slot.number == number)
    }

    fn reply_with(&self, answer: Answer) -> PyResult<()> {
        let Some(reply) = self.take_reply() else { return Ok(()) };
        world()?.wishes(Wish::Reply(reply, answer));
        Ok(())
    }

    /// Whether nobody can see its result, because no reference is left: then it needs no answer.
    pub(crate) fn is_unheard(&self) -> bool {
        self.extra.is_none() && self.slots.iter().all(|slot| Arc::strong_count(slot) == 1)
    }

    /// Whether the rules of the receiver decide what becomes of it.
    pub(crate) fn is_special(&self) -> bool {
        self.extra.is_some()
    }

    /// What a process does with the answer to its call.
    pub(crate) fn answered(
        this: &Bound<'_, Self>,
        answer: Result<Answer, RequestError>,
    ) -> PyResult<()> {
        let (py, own) = (this.py(), this.get());
        if let Some(extra) = &own.extra {
            let (kind, payload) = told(py, answer)?;
            extra.call_method1(py, "answered", (this, kind, payload))?;
            return Ok(());
        }
        let states = match answer {
            Ok(Answer::One(value)) => vec![State::Ready(value)],
            Ok(Answer::Many(values)) => values.into_iter().map(State::Ready).collect(),
            Ok(Answer::Failed(failure)) => own.all_fail(py, &failure),
            Ok(Answer::Object(_)) => {
                return Err(PyRuntimeError::new_err("a call was answered like a question"));
            }
            Err(_) => {
                // Whether the actor begins anew is for the cluster to say.
                py.import("flagfall.ray._restarts")?.call_method1("lost", (this,))?;
                return Ok(());
            }
        };
        own.slots.iter().zip(states).try_for_each(|(slot, state)| Slot::fill(slot, py, state))
    }

    fn all_fail(&self, py: Python<'_>, failure: &Py<PyAny>) -> Vec<State> {
        self.slots.iter().map(|_| State::Failed(failure.clone_ref(py))).collect()
    }

    pub(crate) fn feed(&self, py: Python<'_>, digest: &mut Digest) {
        digest.write_bytes(self.name.bind(py).to_string_lossy().as_bytes());
        for value in &self.arguments {
            feed_value(value, py, digest);
        }
        for (name, value) in &self.keywords {
            feed(name.bind(py).as_any(), digest);
            feed_value(value, py, digest);
        }
    }

    /// As a reader of traces sees it: `Bank.withdraw(30)`.
    pub(crate) fn text(&self, py: Python<'_>) -> String {
        let mut text = String::new();
        let class = self.class.bind(py).to_string_lossy();
        if !class.is_empty() {
            let _ = write!(text, "{class}.");
        }
        let positional = self.arguments.iter().map(|value| shown(value, py));
        let named = self.keywords.iter().map(|(name, value)| {
            format!("{}={}", name.bind(py).to_string_lossy(), shown(value, py))
        });
        let all: Vec<_> = positional.chain(named).collect();
        let _ = write!(text, "{}({})", self.name.bind(py).to_string_lossy(), all.join(", "));
        text
    }
}

/// An answer for the rules in Python: its kind, and what comes with it.
fn told(
    py: Python<'_>,
    answer: Result<Answer, RequestError>,
) -> PyResult<(&'static str, Py<PyAny>)> {
    Ok(match answer {
        Ok(Answer::One(value)) => ("values", vec![Stored(value)].into_pyobject(py)?.unbind()),
        Ok(Answer::Many(values)) => {
            let stored: Vec<_> = values.into_iter().map(Stored).collect();
            ("values", stored.into_pyobject(py)?.unbind())
        }
        Ok(Answer::Failed(failure)) => ("failed", failure),
        Ok(Answer::Object(object)) => ("object", object),
        Err(error) => ("died", error.to_string().into_pyobject(py)?.into_any().unbind()),
    })
}

/// Calls a method of an actor, without anything special: one result, and all arguments here.
///
/// `None`: an argument is an object whose value is not here yet. Nothing was done then.
#[pyfunction]
#[pyo3(signature = (to, class_, name, positional, named))]
pub(crate) fn call_actor(
    to: &Bound<'_, Process>,
    class_: Py<PyString>,
    name: Py<PyString>,
    positional: &Bound<'_, PyTuple>,
    named: Option<&Bound<'_, PyDict>>,
) -> PyResult<Option<ObjectRef>> {
    let py = to.py();
    let mut arguments = Vec::with_capacity(positional.len());
    for object in positional.iter() {
        let Some(value) = argument(&object)? else { return Ok(None) };
        arguments.push(value);
    }
    let mut keywords = Vec::new();
    for (name, object) in named.into_iter().flatten() {
        let Some(value) = argument(&object)? else { return Ok(None) };
        keywords.push((name.cast_into::<PyString>()?.unbind(), value));
    }
    let world = world()?;
    let slot = Slot::of_call(world.next_object(), world.process(py)?, to.clone().unbind());
    let slots = vec![Arc::clone(&slot)];
    let call = Call {
        name,
        class: class_,
        arguments,
        keywords,
        slots,
        extra: None,
        reply: Mutex::default(),
        cancelled: AtomicBool::new(false),
    };
    world.wishes(Wish::Call(to.clone().unbind(), Py::new(py, call)?));
    Ok(Some(ObjectRef { slot }))
}

/// The value of an argument: of a reference, what it refers to.
fn argument(object: &Bound<'_, PyAny>) -> PyResult<Option<Value>> {
    match object.cast::<ObjectRef>() {
        Ok(reference) => Ok(reference.get().slot.value(object.py())),
        Err(_) => Value::of(object).map(Some),
    }
}
