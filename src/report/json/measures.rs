//! Models of one's own as JSON: parameters and measures.

use super::write;
use crate::measure::{Measure, Measures};
use crate::models::Run;
use crate::scenario::Setting;
use crate::simulation::Config;
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

/// An object that is made while it is written, in the order of its pairs.
struct Object<F>(F);

impl<F, I, K, V> Serialize for Object<F>
where
    F: Fn() -> I,
    I: Iterator<Item = (K, V)>,
    K: Serialize,
    V: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map((self.0)())
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
    struct Body<P, M, U> {
        parameters: P,
        measures: M,
        units: U,
    }
    let each = || measures.as_slice().iter();
    let value = |measure: &'_ Measure| measure.value.map(number);
    let body = Body {
        parameters: Object(|| settings.iter().map(|(name, given)| (name, values(given)))),
        measures: Object(|| each().map(|measure| (&measure.name, value(measure)))),
        units: Object(|| each().map(|measure| (&measure.name, &measure.unit))),
    };
    write(out, system, (config, run), body)
}
