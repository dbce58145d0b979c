//! Models of one's own as JSON: parameters and measures.

use super::write;
use crate::scenario::Setting;
use flagfall::Config;
use flagfall::measure::{Measure, Measures};
use flagfall::model::Run;
use flagfall::time::VirtualTime;
use serde::{Serialize, Serializer};
use std::io::{self, Write};

/// A number, whole where it is whole.
#[derive(Serialize)]
#[serde(untagged)]
enum Number {
    Whole(i64),
    Fraction(f64),
}

/// Beyond it, not every whole number is a float.
const MOST_WHOLE: f64 = 9_007_199_254_740_992.0;

fn number(value: f64) -> Number {
    if value.fract() == 0.0 && value.abs() <= MOST_WHOLE {
        Number::Whole(value as i64)
    } else {
        Number::Fraction(value)
    }
}

/// One value, or a list of them.
#[derive(Serialize)]
#[serde(untagged)]
enum Values<'a> {
    Truth(bool),
    Whole(i64),
    One(&'a str),
    Many(&'a [String]),
}

fn values(values: &[String]) -> Values<'_> {
    let [value] = values else { return Values::Many(values) };
    let whole = value.parse().ok().filter(|whole: &i64| whole.to_string() == *value);
    match (value.parse(), whole) {
        (Ok(truth), _) => Values::Truth(truth),
        (_, Some(whole)) => Values::Whole(whole),
        _ => Values::One(value),
    }
}

/// Pairs as an object, in their order.
struct Pairs<K, V>(Vec<(K, V)>);

impl<K: Serialize, V: Serialize> Serialize for Pairs<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

/// The measures of a run and their units, by name.
#[derive(Serialize)]
pub(super) struct Numbers<'a> {
    measures: Pairs<&'a str, Option<Number>>,
    units: Pairs<&'a str, &'a str>,
}

impl<'a> Numbers<'a> {
    pub(super) fn of(measures: &'a Measures) -> Self {
        let each = || measures.as_slice().iter();
        let value = |measure: &'a Measure| (&*measure.name, measure.value.map(number));
        Self {
            measures: Pairs(each().map(value).collect()),
            units: Pairs(each().map(|measure| (&*measure.name, &*measure.unit)).collect()),
        }
    }
}

/// A run of a model that is known by name, parameters and measures alone.
///
/// # Errors
/// What writing to `out` returns.
pub fn measures<T>(
    out: &mut dyn Write,
    (system, settings): (&str, &[Setting]),
    (config, run): (&Config, &Run<T>),
    measures: &Measures,
) -> io::Result<()> {
    #[derive(Serialize)]
    struct Body<'a> {
        parameters: Pairs<&'a str, Values<'a>>,
        /// The model may have set one; left out of a run that goes on to its end.
        #[serde(skip_serializing_if = "Option::is_none")]
        horizon_s: Option<f64>,
    }
    let each = settings.iter().map(|(name, given)| (*name, values(given)));
    let horizon_s = config.horizon.map(VirtualTime::as_secs_f64);
    let body = Body { parameters: Pairs(each.collect()), horizon_s };
    write(out, system, (config, run), measures, body)
}
