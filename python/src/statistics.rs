//! Statistics of anyone's numbers: those of the engine.

use crate::numbers::Numbers;
use crate::refused;
use flagfall::statistics::{
    BatchMeans, Bounds, Estimate, Paired, Precision, Sample, StatisticsError, StoppingRule, Tally,
    Truncation, autocorrelation, replications_needed, student_quantile, von_neumann_ratio,
};
use pyo3::prelude::*;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The arguments that errors can be about.
#[derive(Clone, Copy)]
struct Names {
    values: &'static str,
    probability: &'static str,
}

const OF_VALUES: Names = Names { values: "values", probability: "level" };
const OF_SERIES: Names = Names { values: "series", probability: "level" };

/// Does something with numbers while other threads of Python go on.
fn with<T: Send>(
    values: &Bound<'_, PyAny>,
    names: Names,
    work: impl Send + FnOnce(&[f64]) -> Result<T, StatisticsError>,
) -> PyResult<T> {
    let numbers = Numbers::of(values, names.values)?;
    let slice = numbers.slice();
    let found = values.py().detach(|| work(slice));
    found.map_err(|error| wrong(values.py(), names, error))
}

/// The same with the tally of the numbers, which may be made already.
fn with_tally<T: Send>(
    values: &Bound<'_, PyAny>,
    names: Names,
    work: impl Send + FnOnce(&Tally) -> Result<T, StatisticsError>,
) -> PyResult<T> {
    if let Ok(summary) = values.cast::<Summary>() {
        let tally = *summary.get().tally();
        return work(&tally).map_err(|error| wrong(values.py(), names, error));
    }
    with(values, names, |slice| work(&Tally::of(slice)?))
}

/// The error for an argument that a statistic is refused for.
fn wrong(py: Python<'_>, names: Names, error: StatisticsError) -> PyErr {
    let name = match error {
        StatisticsError::Probability { .. } => names.probability,
        StatisticsError::Precision { .. } | StatisticsError::OutOfReach => "precision",
        StatisticsError::Batches { .. } => "batches",
        _ => names.values,
    };
    refused(py, name, &format!("cannot be used: {error}"))
}

/// Mean, level, count, half-width, low, high, the name of the interval, and all as a text.
pub(crate) type Told =
    (f64, f64, u64, Option<f64>, Option<f64>, Option<f64>, Option<&'static str>, String);

fn told(estimate: &Estimate) -> Told {
    let kind = match estimate.bounds {
        Bounds::Student { .. } => Some("Student"),
        Bounds::ClopperPearson { .. } => Some("Clopper-Pearson"),
        Bounds::Undefined => None,
    };
    let ends = (estimate.half_width(), estimate.low(), estimate.high());
    let Estimate { mean, level, count, .. } = *estimate;
    (mean, level, count, ends.0, ends.1, ends.2, kind, estimate.to_string())
}

fn estimated(tally: &Tally, level: f64, shares: bool) -> Result<Estimate, StatisticsError> {
    if shares { Estimate::of_shares(tally, level) } else { Estimate::of(tally, level) }
}

/// The number that is no share, if there is one.
fn no_share(tally: &Tally) -> Option<f64> {
    let low = tally.min().filter(|low| *low < 0.0);
    low.or(tally.max().filter(|high| *high > 1.0))
}

fn check_shares(py: Python<'_>, found: Option<f64>) -> PyResult<()> {
    let Some(found) = found else { return Ok(()) };
    let why = format!("has the share {found}: give numbers from 0 to 1, or leave out `shares`");
    Err(refused(py, "values", &why))
}

#[pyfunction]
pub(crate) fn estimate(values: &Bound<'_, PyAny>, level: f64, shares: bool) -> PyResult<Told> {
    let found = with_tally(values, OF_VALUES, |tally| {
        Ok((estimated(tally, level, shares)?, no_share(tally).filter(|_| shares)))
    })?;
    check_shares(values.py(), found.1)?;
    Ok(told(&found.0))
}

#[pyfunction]
pub(crate) fn estimate_yes_no(py: Python<'_>, yes: u64, of: u64, level: f64) -> PyResult<Told> {
    if yes > of {
        let why = format!("is {yes}, and there are {of}: give at most so many");
        return Err(refused(py, "yes", &why));
    }
    let names = Names { values: "of", ..OF_VALUES };
    Estimate::of_yes_no(yes, of, level)
        .map(|found| told(&found))
        .map_err(|error| wrong(py, names, error))
}

/// Their means, their length, how many were left out, the p-value of the test for correlation,
/// and the estimate.
pub(crate) type Batches = (Vec<f64>, usize, usize, Option<f64>, Told);

#[pyfunction]
pub(crate) fn batch_means(
    series: &Bound<'_, PyAny>,
    batches: Option<usize>,
    significance: f64,
    level: f64,
) -> PyResult<Batches> {
    let made = with(series, OF_SERIES, |slice| {
        if let Some(batches) = batches {
            return Ok(Ok(BatchMeans::of(slice, batches)?));
        }
        match BatchMeans::uncorrelated(slice, significance) {
            Err(error @ StatisticsError::Probability { .. }) => Ok(Err(error)),
            made => made.map(Ok),
        }
    })?;
    let py = series.py();
    let of_significance = Names { probability: "significance", ..OF_SERIES };
    let made = made.map_err(|error| wrong(py, of_significance, error))?;
    let estimate = Tally::of(made.means()).and_then(|tally| Estimate::of(&tally, level));
    let estimate = estimate.map_err(|error| wrong(py, OF_SERIES, error))?;
    let (length, left_out, p_value) = (made.length(), made.left_out(), made.p_value().ok());
    Ok((made.means().to_vec(), length, left_out, p_value, told(&estimate)))
}

/// How many observations to cut off, and the statistic there.
#[pyfunction]
pub(crate) fn truncation(series: &Bound<'_, PyAny>) -> PyResult<(usize, f64)> {
    let found = with(series, OF_SERIES, Truncation::mser5)?;
    Ok((found.observations, found.statistic))
}

#[pyfunction]
pub(crate) fn quantiles(values: &Bound<'_, PyAny>, probabilities: Vec<f64>) -> PyResult<Vec<f64>> {
    let names = Names { probability: "probability", ..OF_VALUES };
    with(values, names, |slice| {
        let sample = Sample::of(slice)?;
        probabilities.iter().map(|probability| sample.quantile(*probability)).collect()
    })
}

fn precision(value: f64, relative: bool) -> Precision {
    if relative { Precision::Relative(value) } else { Precision::Absolute(value) }
}

#[pyfunction]
pub(crate) fn needed(values: &Bound<'_, PyAny>, wanted: (f64, bool), level: f64) -> PyResult<u64> {
    let wanted = precision(wanted.0, wanted.1);
    with_tally(values, OF_VALUES, |tally| replications_needed(tally, wanted, level))
}

/// Whether a rule of that precision, level and fewest stops after those values, the estimate of
/// their mean if there is one, and how many the rule expects in all if it can tell.
#[pyfunction]
pub(crate) fn stop(
    values: &Bound<'_, PyAny>,
    wanted: (f64, bool, bool),
    level: f64,
    fewest: u64,
) -> PyResult<(bool, Option<Told>, Option<u64>)> {
    let (value, relative, shares) = wanted;
    let (found, out) = with_tally(values, OF_VALUES, |tally| {
        let rule = StoppingRule::new(precision(value, relative), level)?.fewest(fewest);
        if tally.count() == 0 {
            return Ok(((false, None, None), None));
        }
        let estimate = estimated(tally, level, shares)?;
        let expected = rule.expected(tally, &estimate).ok();
        let found = (rule.is_reached(&estimate), Some(told(&estimate)), expected);
        Ok((found, no_share(tally).filter(|_| shares)))
    })?;
    check_shares(values.py(), out)?;
    Ok(found)
}

/// The estimate of the mean difference, the ratio of its variance, and the correlation.
#[pyfunction]
pub(crate) fn paired(
    one: &Bound<'_, PyAny>,
    other: &Bound<'_, PyAny>,
    level: f64,
) -> PyResult<(Told, Option<f64>, Option<f64>)> {
    let py = one.py();
    let (first, second) = (Numbers::of(one, "one")?, Numbers::of(other, "other")?);
    let (first, second) = (first.slice(), second.slice());
    let found = py.detach(|| {
        let paired = Paired::of(first, second)?;
        let estimate = Estimate::of(paired.difference(), level)?;
        Ok((estimate, paired.variance_ratio(), paired.correlation()))
    });
    let names = Names { values: "other", probability: "level" };
    let (estimate, ratio, correlation) = found.map_err(|error| wrong(py, names, error))?;
    Ok((told(&estimate), ratio, correlation))
}

#[pyfunction]
pub(crate) fn autocorrelation_of(series: &Bound<'_, PyAny>, lag: usize) -> PyResult<f64> {
    with(series, OF_SERIES, |slice| autocorrelation(slice, lag))
}

#[pyfunction]
pub(crate) fn ratio_of(series: &Bound<'_, PyAny>) -> PyResult<f64> {
    with(series, OF_SERIES, von_neumann_ratio)
}

#[pyfunction]
pub(crate) fn student(py: Python<'_>, degrees: u64, probability: f64) -> PyResult<f64> {
    let names = Names { values: "degrees", probability: "probability" };
    student_quantile(degrees, probability).map_err(|error| wrong(py, names, error))
}

/// A tally of numbers that come one by one, or in parts.
#[pyclass(frozen, module = "flagfall._flagfall")]
pub(crate) struct Summary(Mutex<Tally>);

impl Summary {
    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Summary {
    #[new]
    fn new() -> Self {
        Self(Mutex::new(Tally::new()))
    }

    /// The numbers that `state` told of.
    #[staticmethod]
    fn of_state(py: Python<'_>, count: u64, numbers: [f64; 6]) -> PyResult<Self> {
        let tally = Tally::of_parts((count, numbers));
        tally
            .map(|tally| Self(Mutex::new(tally)))
            .ok_or_else(|| refused(py, "state", "is of no tally: give what pickle wrote of one"))
    }

    /// All that it keeps.
    fn state(&self) -> (u64, [f64; 6]) {
        self.tally().parts()
    }

    /// Adds one number.
    fn add(&self, py: Python<'_>, value: f64) -> PyResult<()> {
        let names = Names { values: "value", ..OF_VALUES };
        self.tally().add(value).map_err(|error| wrong(py, names, error))
    }

    /// Adds numbers in their order; none if one of them cannot be used.
    fn extend(&self, values: &Bound<'_, PyAny>) -> PyResult<()> {
        with(values, OF_VALUES, |slice| {
            // Who waits for it may hold the interpreter, which is not wanted in here.
            let mut tally = self.tally();
            let mut made = *tally;
            slice.iter().try_for_each(|value| made.add(*value))?;
            *tally = made;
            Ok(())
        })
    }

    /// Adds those of another, as if they had come after these.
    fn merge(&self, other: &Self) {
        let other = *other.tally();
        self.tally().merge(&other);
    }

    /// Count, mean, variance, standard deviation, minimum and maximum.
    #[expect(clippy::type_complexity, reason = "a tuple of Python")]
    fn figures(&self) -> (u64, Option<f64>, Option<f64>, Option<f64>, Option<f64>, Option<f64>) {
        let tally = *self.tally();
        let (mean, variance) = (tally.mean(), tally.variance());
        (tally.count(), mean, variance, tally.standard_deviation(), tally.min(), tally.max())
    }
}
