//! What messages of Ray programs feed to the digest, and how they are shown.

use super::call::Call;
use super::object::ObjectRef;
use super::process::Process;
use super::value::{Stored, Value};
use flagfall::Digest;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};

/// The most letters that are shown of one argument.
const SHOWN: usize = 60;

/// Feeds what an object is to the digest: values, and numbers of what belongs to the run. Of other
/// objects it is the name of their type, for their address differs from run to run.
pub(crate) fn feed(object: &Bound<'_, PyAny>, digest: &mut Digest) {
    if let Ok(number) = object.cast_exact::<PyInt>() {
        match number.extract::<i64>() {
            Ok(number) => digest.write_u64(number as u64),
            Err(_) => digest.write_bytes(number.to_string().as_bytes()),
        }
    } else if let Ok(text) = object.cast_exact::<PyString>() {
        // A text with half a surrogate pair has no UTF-8.
        digest.write_bytes(text.to_string_lossy().as_bytes());
    } else if let Ok(number) = object.cast_exact::<PyFloat>() {
        digest.write_u64(number.value().to_bits());
    } else if object.is_none() {
        digest.write_variant(0);
    } else if let Ok(value) = object.cast_exact::<PyBool>() {
        digest.write_variant(1 + u64::from(value.is_true()));
    } else if let Ok(bytes) = object.cast_exact::<PyBytes>() {
        digest.write_bytes(bytes.as_bytes());
    } else if let Ok(tuple) = object.cast_exact::<PyTuple>() {
        digest.write_u64(tuple.len() as u64);
        tuple.iter().for_each(|item| feed(&item, digest));
    } else if let Ok(list) = object.cast_exact::<PyList>() {
        digest.write_u64(list.len() as u64);
        list.iter().for_each(|item| feed(&item, digest));
    } else if let Ok(dict) = object.cast_exact::<PyDict>() {
        digest.write_u64(dict.len() as u64);
        for (key, value) in dict.iter() {
            feed(&key, digest);
            feed(&value, digest);
        }
    } else {
        feed_own(object, digest);
    }
}

fn feed_own(object: &Bound<'_, PyAny>, digest: &mut Digest) {
    if let Ok(stored) = object.cast::<Stored>() {
        feed_value(&stored.get().0, object.py(), digest);
    } else if let Ok(process) = object.cast::<Process>() {
        digest.write_u64(process.get().number);
    } else if let Ok(reference) = object.cast::<ObjectRef>() {
        digest.write_u64(reference.get().slot.number);
    } else if let Ok(call) = object.cast::<Call>() {
        call.get().feed(object.py(), digest);
    } else if let Ok(contents) = object.getattr("_contents") {
        // What a class of the package says of itself; a pickle's are its bytes.
        feed(&contents, digest);
    } else if let Ok(name) = object.get_type().name() {
        digest.write_bytes(name.to_string_lossy().as_bytes());
    }
}

pub(crate) fn feed_value(value: &Value, py: Python<'_>, digest: &mut Digest) {
    feed(value.kept(py), digest);
}

/// A short text of a value: what `repr` says, cut.
pub(crate) fn shown(value: &Value, py: Python<'_>) -> String {
    let text = value.kept(py).repr().map_or_else(|_| "?".to_owned(), |text| text.to_string());
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}
