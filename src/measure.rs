//! What a run came to, as named numbers: the columns of a study.

use crate::time::Span;
use std::borrow::Cow;
use std::fmt;

/// What the numbers of a measure can be, which decides the interval of their mean.
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

/// One number that a run came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// Its name: the same in every run of a model, in lower case, with underscores.
    pub name: Cow<'static, str>,
    /// Its unit: `s`, `$`, or `1` of counts and shares.
    pub unit: Cow<'static, str>,
    /// What its numbers can be: the same in every run of a model.
    pub kind: MeasureKind,
    /// The number; `None` where the run leaves it undefined, such as the share of refused
    /// rides among none.
    pub value: Option<f64>,
}

/// The numbers that a run came to, in an order that is the same in every run of a model.
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
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a number with its unit. What is infinite or not a number is undefined.
    ///
    /// # Panics
    /// If there is a measure of that name already: two columns of a study could not be
    /// told apart.
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

    /// Adds whether something was so: 1 for yes, 0 for no, undefined for `None`. The mean of
    /// many runs is the share of those that say yes, with an interval that is right for
    /// such shares, also where all say the same.
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

    /// Adds how many there were of something.
    ///
    /// # Panics
    /// As [`Measures::add`].
    pub fn count(&mut self, name: impl Into<Cow<'static, str>>, count: u64) -> &mut Self {
        self.add(name, "1", count as f64)
    }

    /// Adds how many of a number of things were of a kind, as a share from 0 to 1;
    /// undefined if there was nothing.
    ///
    /// # Panics
    /// As [`Measures::add`].
    pub fn share(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        part: u64,
        whole: u64,
    ) -> &mut Self {
        let value = (whole > 0).then(|| part as f64 / whole as f64);
        self.push(Measure { name: name.into(), unit: "1".into(), kind: MeasureKind::Share, value })
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

    /// All of them, in order.
    #[must_use]
    pub fn as_slice(&self) -> &[Measure] {
        &self.0
    }
}

impl Measure {
    /// The number with its unit, which is left out of counts and shares; `undefined` if
    /// there is none.
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
        for (at, measure) in self.0.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            write!(f, "{comma}{} {}", measure.name, measure.amount())?;
        }
        Ok(())
    }
}

/// Observations of one run in the order in which they were made: where its warm-up ends
/// can be seen in them.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What was observed: the same name in every run of a model.
    pub name: Cow<'static, str>,
    /// Its unit.
    pub unit: Cow<'static, str>,
    /// The observations.
    pub values: Vec<f64>,
}
