//! Random streams: those of the engine.

use crate::refused;
use flagfall::Span;
use flagfall::actor::stream_word;
use flagfall::random::{Stream, StreamName};
use pyo3::prelude::*;
use rand::Rng;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A random stream of the engine.
#[pyclass(frozen, module = "flagfall._flagfall")]
pub(crate) struct Drawn(Mutex<Stream>);

impl Drawn {
    fn stream(&self) -> MutexGuard<'_, Stream> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A stream at the same position that goes on by itself.
    pub(crate) fn copy(&self) -> Stream {
        self.stream().clone()
    }
}

/// A span as Python has it here: seconds, or a text such as `90s`.
fn span(py: Python<'_>, name: &str, text: &str) -> PyResult<Span> {
    text.parse().map_err(|error| refused(py, name, &format!("is '{text}': {error}")))
}

#[pymethods]
impl Drawn {
    #[new]
    fn new(seed: u64, replication: u64, path: &str, purpose: &str, incarnation: u32) -> Self {
        let actor = stream_word(path);
        let name = StreamName { seed, replication, actor, incarnation, purpose };
        Self(Mutex::new(Stream::open(&name)))
    }

    /// The stream that `state` told of, at its position then.
    #[staticmethod]
    fn of_state(py: Python<'_>, state: &str) -> PyResult<Self> {
        read(py, state).map(|stream| Self(Mutex::new(stream)))
    }

    /// Its mirror image at the same position, which goes on by itself.
    fn mirrored(&self) -> Self {
        Self(Mutex::new(self.copy().mirrored()))
    }

    /// Its key, its number and its position, as a text.
    fn state(&self) -> String {
        told(&self.stream())
    }

    fn next_u64(&self) -> u64 {
        self.stream().next_u64()
    }

    /// `bound` is at least 1.
    fn below(&self, py: Python<'_>, bound: u64) -> PyResult<u64> {
        if bound == 0 {
            return Err(refused(py, "bound", "is 0: no whole number is below it; give 1 or more"));
        }
        Ok(self.stream().below(bound))
    }

    fn range(&self, py: Python<'_>, low: u64, high: u64) -> PyResult<u64> {
        if low > high {
            let why = format!("is {high}: give {low} or more, which is `low`");
            return Err(refused(py, "high", &why));
        }
        Ok(self.stream().range(low..=high))
    }

    fn unit(&self) -> f64 {
        self.stream().unit()
    }

    fn chance(&self, py: Python<'_>, probability: f64) -> PyResult<bool> {
        if !(0.0..=1.0).contains(&probability) {
            let why = format!("is {probability}: give a number from 0 to 1");
            return Err(refused(py, "probability", &why));
        }
        Ok(self.stream().chance(probability))
    }

    /// In seconds.
    fn exponential(&self, py: Python<'_>, mean: &str) -> PyResult<f64> {
        let mean = span(py, "mean", mean)?;
        Ok(self.stream().exponential(mean).as_secs_f64())
    }

    /// In seconds.
    fn span(&self, py: Python<'_>, low: &str, high: &str) -> PyResult<f64> {
        let (least, most) = (span(py, "low", low)?, span(py, "high", high)?);
        if least > most {
            let why = format!("is '{high}': give '{low}' or more, which is `low`");
            return Err(refused(py, "high", &why));
        }
        Ok(self.stream().span(least..=most).as_secs_f64())
    }

    /// The places of so many items, shuffled.
    fn order(&self, count: usize) -> Vec<usize> {
        let mut places: Vec<usize> = (0..count).collect();
        self.stream().shuffle(&mut places);
        places
    }
}

/// A stream as a text.
pub(crate) fn told(stream: &Stream) -> String {
    serde_json::to_string(stream).expect("three numbers can be written")
}

/// A stream from such a text.
pub(crate) fn read(py: Python<'_>, state: &str) -> PyResult<Stream> {
    serde_json::from_str(state)
        .map_err(|error| refused(py, "state", &format!("is of no stream: {error}")))
}
