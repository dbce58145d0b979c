//! Measures: the named results of a run, which are the columns of a study.

use crate::time::Span;
use std::borrow::Cow;
use std::fmt;

/// The kind of a measure's numbers, which determines the interval of their mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "snapshot", serde(rename_all = "kebab-case"))]
pub enum MeasureKind {
    /// Any number.
    #[default]
    Number,
    /// A share of something, from 0 to 1.
    Share,
    /// 1 for yes and 0 for no.
    YesNo,
}

/// How many nanoseconds a unit of measures has; zero for those that are not of time.
pub(crate) fn nanos_in(unit: &str) -> f64 {
    match unit {
        "ns" => 1.0,
        "us" => 1e3,
        "ms" => 1e6,
        "s" => 1e9,
        "min" => 60e9,
        "h" => 3_600e9,
        "d" => 86_400e9,
        _ => 0.0,
    }
}

/// One result of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// Its name: the same in every run of a model, in lower case, with underscores.
    pub name: Cow<'static, str>,
    /// Its unit: `s`, `$`, or `1` of counts and shares.
    pub unit: Cow<'static, str>,
    /// The kind of its numbers: the same in every run of a model.
    pub kind: MeasureKind,
    /// The number; `None` if it is undefined in the run, such as the share of refused rides
    /// without any rides.
    pub value: Option<f64>,
}

/// The results of a run, in the same order in every run of a model.
///
/// # Examples
/// ```
/// use flagfall::{Measures, Span};
///
/// let mut measures = Measures::new();
/// measures.count("rides", 10);
/// measures.share("refused_share", 3, 10);
/// measures.span("ride_time", Span::from_millis(1_500));
/// measures.add("earned", "$", 7.25);
/// assert_eq!(measures.get("refused_share"), Some(0.3));
/// assert_eq!(measures.to_string(), "rides 10, refused_share 0.3, ride_time 1.5 s, earned 7.25 $");
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measures(Vec<Measure>);

impl Measures {
    /// No measures yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a number with its unit. It is undefined if it is infinite or not a number.
    ///
    /// # Panics
    /// If there already is a measure of that name, because two columns of a study would have
    /// the same name.
    pub fn add(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        unit: impl Into<Cow<'static, str>>,
        value: impl Into<Option<f64>>,
    ) -> &mut Self {
        let (name, unit, value) = (name.into(), unit.into(), value.into());
        self.push(Measure { name, unit, kind: MeasureKind::Number, value })
    }

    pub(crate) fn push(&mut self, mut measure: Measure) -> &mut Self {
        let name = &measure.name;
        assert!(!self.0.iter().any(|known| known.name == *name), "two measures are called {name}");
        measure.value = measure.value.filter(|value| value.is_finite());
        self.0.push(measure);
        self
    }

    /// Adds those measures whose names are not there yet.
    ///
    /// # Examples
    /// ```
    /// let mut measures = flagfall::Measures::new();
    /// measures.count("rides", 10);
    /// let mut collected = flagfall::Measures::new();
    /// collected.count("rides", 7).count("refused", 3);
    /// assert_eq!(measures.and(&collected).to_string(), "rides 10, refused 3");
    /// ```
    pub fn and(&mut self, others: &Self) -> &mut Self {
        for measure in &others.0 {
            if !self.0.iter().any(|known| known.name == measure.name) {
                self.0.push(measure.clone());
            }
        }
        self
    }

    /// Makes all undefined.
    pub(crate) fn undefine(&mut self) {
        self.0.iter_mut().for_each(|measure| measure.value = None);
    }

    /// Adds an answer: 1 for yes, 0 for no, undefined for `None`. The mean of many runs is the
    /// share of runs with yes. Its interval is valid for such shares, also if all answers are
    /// equal.
    ///
    /// # Panics
    /// As [`Measures::add`].
    pub fn yes_no(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        answer: impl Into<Option<bool>>,
    ) -> &mut Self {
        let value = answer.into().map(f64::from);
        self.push(Measure { name: name.into(), unit: "1".into(), kind: MeasureKind::YesNo, value })
    }

    /// Adds a count.
    ///
    /// # Panics
    /// As [`Measures::add`].
    pub fn count(&mut self, name: impl Into<Cow<'static, str>>, count: u64) -> &mut Self {
        self.add(name, "1", count as f64)
    }

    /// Adds the share `part` / `whole`, from 0 to 1; undefined if `whole` is 0.
    ///
    /// # Panics
    /// As [`Measures::add`].
    pub fn share(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        part: u64,
        whole: u64,
    ) -> &mut Self {
        self.share_of(name, (whole > 0).then(|| part as f64 / whole as f64))
    }

    /// Adds a share that is a number already, from 0 to 1. It is undefined for `None`, and if it
    /// is not a number.
    ///
    /// # Panics
    /// As [`Measures::add`]; and if it is below 0 or above 1.
    ///
    /// # Examples
    /// ```
    /// let mut measures = flagfall::Measures::new();
    /// measures.share_of("late_share", 0.25).share_of("lost_share", None);
    /// assert_eq!(measures.to_string(), "late_share 0.25, lost_share undefined");
    /// ```
    pub fn share_of(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        share: impl Into<Option<f64>>,
    ) -> &mut Self {
        let (name, value) = (name.into(), share.into());
        let is_share = value.is_none_or(|share| share.is_nan() || (0.0..=1.0).contains(&share));
        assert!(is_share, "{name} is not from 0 to 1");
        self.push(Measure { name, unit: "1".into(), kind: MeasureKind::Share, value })
    }

    /// Adds a span, in seconds.
    ///
    /// # Panics
    /// As [`Measures::add`].
    pub fn span(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        span: impl Into<Option<Span>>,
    ) -> &mut Self {
        self.add(name, "s", span.into().map(Span::as_secs_f64))
    }

    /// The number of that name, if it is defined.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<f64> {
        self.0.iter().find(|measure| measure.name == name)?.value
    }

    /// All measures, in order.
    #[must_use]
    pub fn as_slice(&self) -> &[Measure] {
        &self.0
    }
}

impl Measure {
    /// The number with its unit, but without the unit of counts and shares; `undefined` if
    /// there is no number.
    #[must_use]
    pub fn amount(&self) -> String {
        match (self.value, &*self.unit) {
            (None, _) => "undefined".to_owned(),
            (Some(value), "1") => value.to_string(),
            (Some(value), unit) => format!("{value} {unit}"),
        }
    }
}

impl fmt::Display for Measures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let measures = self.0.iter().map(|one| format!("{} {}", one.name, one.amount()));
        f.write_str(&measures.collect::<Vec<_>>().join(", "))
    }
}

/// Observations of one run in their order, to find the end of its warm-up.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// The name of the observations: the same in every run of a model.
    pub name: Cow<'static, str>,
    /// Its unit.
    pub unit: Cow<'static, str>,
    /// The observations.
    pub values: Vec<f64>,
    /// Each value is the mean of so many observations in a row: 1 if they are all here. From
    /// [collectors](crate::collect::Series) it may be a larger power of two.
    pub batch: usize,
}
