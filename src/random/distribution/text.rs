//! Distributions as texts, such as `lognormal(mean=4min, cv=0.5)`.

use super::{Distribution, DistributionError, Law};
use crate::time::Span;
use std::fmt;
use std::str::FromStr;

type Made = Result<Distribution, DistributionError>;

impl fmt::Display for Distribution {
    /// A text that can be read again, with times in seconds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.law {
            Law::Continuous(_, given) | Law::Whole(_, given) | Law::Counts(_, given) => {
                write!(f, "{}(", given.law)?;
                for (at, (name, value)) in given.names.iter().zip(given.values).enumerate() {
                    write!(f, "{}{name}={value}", if at == 0 { "" } else { ", " })?;
                }
                f.write_str(")")
            }
            Law::Weighted(values) => {
                let pairs = values.values.iter().zip(&values.weights);
                list(f, "weighted", pairs.map(|(value, weight)| format!("{weight}: {value}")))
            }
            Law::Empirical(values) => {
                list(f, "empirical", values.values.iter().map(ToString::to_string))
            }
            Law::Interpolated(values) => {
                list(f, "interpolated", values.values.iter().map(ToString::to_string))
            }
            Law::Mixture(mixture) => {
                let parts = mixture.parts.iter();
                list(f, "mixture", parts.map(|(weight, part)| format!("{weight}: {part}")))
            }
            Law::Affine(affine) if affine.factor == 1.0 => {
                write!(f, "shifted({}, by={})", affine.of, affine.shift)
            }
            Law::Affine(affine) => write!(f, "scaled({}, by={})", affine.of, affine.factor),
            Law::Truncated(truncated) => {
                write!(f, "truncated({}", truncated.of)?;
                for (name, value) in [("low", truncated.low), ("high", truncated.high)] {
                    if value.is_finite() {
                        write!(f, ", {name}={value}")?;
                    }
                }
                f.write_str(")")
            }
        }
    }
}

fn list(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    items: impl Iterator<Item = String>,
) -> fmt::Result {
    write!(f, "{name}(")?;
    for (at, item) in items.enumerate() {
        write!(f, "{}{item}", if at == 0 { "" } else { ", " })?;
    }
    f.write_str(")")
}

/// The distributions that are made of numbers alone, with the names of these.
const LAWS: &[(&str, &[&str])] = &[
    ("constant", &["value"]),
    ("uniform", &["low", "high"]),
    ("exponential", &["mean"]),
    ("erlang", &["stages", "mean"]),
    ("gamma", &["shape", "scale"]),
    ("weibull", &["shape", "scale"]),
    ("normal", &["mean", "sd"]),
    ("lognormal", &["mean", "cv"]),
    ("lognormal", &["mu", "sigma"]),
    ("triangular", &["low", "mode", "high"]),
    ("pert", &["low", "mode", "high"]),
    ("beta", &["a", "b"]),
    ("pareto", &["shape", "scale"]),
    ("log_logistic", &["shape", "scale"]),
    ("johnson_su", &["gamma", "delta", "location", "scale"]),
    ("johnson_sb", &["gamma", "delta", "location", "scale"]),
    ("discrete_uniform", &["low", "high"]),
    ("bernoulli", &["p"]),
    ("binomial", &["trials", "p"]),
    ("geometric", &["p"]),
    ("poisson", &["mean"]),
    ("negative_binomial", &["successes", "p"]),
];
/// Those that are made of others, or of lists.
const COMPOSED: &[&str] =
    &["empirical", "interpolated", "mixture", "scaled", "shifted", "truncated", "weighted"];

fn made(law: &str, names: &[&str], values: &[f64]) -> Result<Made, String> {
    Ok(match (law, values) {
        ("constant", [value]) => Distribution::constant(*value),
        ("uniform", [low, high]) => Distribution::uniform(*low, *high),
        ("exponential", [mean]) => Distribution::exponential(*mean),
        ("erlang", [stages, mean]) => {
            let stages = u32::try_from(whole("stages", *stages)?);
            Distribution::erlang(stages.map_err(|_| "there are too many stages")?, *mean)
        }
        ("gamma", [shape, scale]) => Distribution::gamma(*shape, *scale),
        ("weibull", [shape, scale]) => Distribution::weibull(*shape, *scale),
        ("normal", [mean, sd]) => Distribution::normal(*mean, *sd),
        ("lognormal", [mean, cv]) if names[0] == "mean" => Distribution::lognormal(*mean, *cv),
        ("lognormal", [mu, sigma]) => Distribution::lognormal_of_log(*mu, *sigma),
        ("triangular", [low, mode, high]) => Distribution::triangular(*low, *mode, *high),
        ("pert", [low, mode, high]) => Distribution::pert(*low, *mode, *high),
        ("beta", [a, b]) => Distribution::beta(*a, *b),
        ("pareto", [shape, scale]) => Distribution::pareto(*shape, *scale),
        ("log_logistic", [shape, scale]) => Distribution::log_logistic(*shape, *scale),
        ("johnson_su", [gamma, delta, location, scale]) => {
            Distribution::johnson_unbounded(*gamma, *delta, *location, *scale)
        }
        ("johnson_sb", [gamma, delta, location, scale]) => {
            Distribution::johnson_bounded(*gamma, *delta, *location, *scale)
        }
        ("discrete_uniform", [low, high]) => {
            Distribution::discrete_uniform(whole("low", *low)?, whole("high", *high)?)
        }
        ("bernoulli", [p]) => Distribution::bernoulli(*p),
        ("binomial", [trials, p]) => {
            let trials = u64::try_from(whole("trials", *trials)?);
            Distribution::binomial(trials.map_err(|_| "trials cannot be negative")?, *p)
        }
        ("geometric", [p]) => Distribution::geometric(*p),
        ("poisson", [mean]) => Distribution::poisson(*mean),
        ("negative_binomial", [successes, p]) => Distribution::negative_binomial(*successes, *p),
        _ => return Err(format!("{law} takes {}", names.join(", "))),
    })
}

fn whole(name: &str, value: f64) -> Result<i64, String> {
    if libm::trunc(value) == value && value.abs() < 9e18 {
        Ok(value as i64)
    } else {
        Err(format!("{name} is {value}, and has to be a whole number"))
    }
}

impl FromStr for Distribution {
    type Err = DistributionError;

    /// Reads `name(parameter=value, ...)`, such as `normal(mean=20, sd=2)`,
    /// `truncated(normal(mean=20, sd=2), low=0)`, `weighted(0.2: 5, 0.8: 10)`,
    /// `mixture(1: exponential(mean=2), 3: constant(value=4))` or `empirical(3.5, 4, 8)`. The names
    /// of parameters can be left out in their order. Numbers can be spans, such as `4min`, and are
    /// seconds then. A number alone is a constant.
    fn from_str(text: &str) -> Made {
        read(text, 0).map_err(|problem| match problem {
            Problem::Text(problem) => DistributionError::Text { problem },
            Problem::Law(error) => error,
        })
    }
}

enum Problem {
    Text(String),
    Law(DistributionError),
}

impl From<String> for Problem {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<DistributionError> for Problem {
    fn from(error: DistributionError) -> Self {
        Self::Law(error)
    }
}

/// Deeper ones are mistakes, or made to use up the memory.
const DEEPEST: usize = 16;

fn read(text: &str, depth: usize) -> Result<Distribution, Problem> {
    let text = text.trim();
    if depth > DEEPEST {
        return Err(format!("it has more than {DEEPEST} laws within each other").into());
    }
    let Some((law, rest)) = text.split_once('(') else {
        let is_law = LAWS.iter().any(|(known, _)| *known == text) || COMPOSED.contains(&text);
        return match number(text) {
            Ok(value) => Ok(Distribution::constant(value)?),
            Err(_) if is_law => Err(format!("give its parameters, as in {}", example(text)).into()),
            Err(problem) => Err(problem.into()),
        };
    };
    let law = law.trim();
    let inside = rest.strip_suffix(')').ok_or("it has to end with )".to_owned())?;
    let items = items(inside)?;
    if let Some(found) = composed(law, &items, depth) {
        return found;
    }
    let known: Vec<&[&str]> =
        LAWS.iter().filter(|(known, _)| *known == law).map(|(_, names)| *names).collect();
    let Some(first) = known.first() else { return Err(unknown(law).into()) };
    let given: Vec<(Option<&str>, &str)> = items.iter().map(|item| named(item)).collect();
    // The names decide between two ways to give a distribution.
    let has = |names: &[&str]| {
        given.iter().all(|(name, _)| name.is_none_or(|name| names.contains(&name)))
    };
    let names = known.iter().find(|names| has(names)).unwrap_or(first);
    let mut values = vec![None; names.len()];
    for (at, (name, value)) in given.iter().enumerate() {
        let place = match name {
            None => at,
            Some(name) => names
                .iter()
                .position(|known| known == name)
                .ok_or_else(|| format!("{law} has no {name}; it has {}", names.join(", ")))?,
        };
        match values.get_mut(place) {
            None => return Err(format!("{law} takes {} only", names.join(", ")).into()),
            Some(Some(_)) => return Err(format!("{} is given twice", names[place]).into()),
            Some(free) => *free = Some(number(value)?),
        }
    }
    if let Some(at) = values.iter().position(Option::is_none) {
        return Err(format!("{law} needs {}", names[at]).into());
    }
    let values: Vec<f64> = values.into_iter().flatten().collect();
    Ok(made(law, names, &values)??)
}

/// A distribution that is made of others, or of a list; none if it is another one.
fn composed(law: &str, items: &[&str], depth: usize) -> Option<Result<Distribution, Problem>> {
    let numbers = || items.iter().map(|item| number(item)).collect::<Result<Vec<_>, _>>();
    let pairs = || {
        let parts = items.iter().map(|item| {
            let pair = split_pair(item);
            let (weight, of) = pair.ok_or(format!("{item}: give weight: what, as in 0.2: 5"))?;
            Ok((number(weight)?, of))
        });
        parts.collect::<Result<Vec<_>, String>>()
    };
    let found = || -> Result<Distribution, Problem> {
        Ok(match law {
            "empirical" => Distribution::empirical(&numbers()?)?,
            "interpolated" => Distribution::interpolated(&numbers()?)?,
            "weighted" => {
                let pairs = pairs()?.into_iter().map(|(weight, of)| Ok((number(of)?, weight)));
                Distribution::weighted(&pairs.collect::<Result<Vec<_>, String>>()?)?
            }
            "mixture" => {
                let parts =
                    pairs()?.into_iter().map(|(weight, of)| Ok((weight, read(of, depth + 1)?)));
                Distribution::mixture(parts.collect::<Result<Vec<_>, Problem>>()?)?
            }
            _ => changed(law, items, depth)?,
        })
    };
    COMPOSED.contains(&law).then(found)
}

/// A distribution that is moved, stretched or cut.
fn changed(law: &str, items: &[&str], depth: usize) -> Result<Distribution, Problem> {
    let wanted = || format!("give a law and a number, as in {}", example(law));
    let (first, rest) = items.split_first().ok_or_else(wanted)?;
    let of = read(first, depth + 1)?;
    let (mut low, mut high, mut by) = (None, None, None);
    for item in rest {
        let (name, value) = named(item);
        let free = match (name, law) {
            (Some("low"), "truncated") => &mut low,
            (Some("high"), "truncated") => &mut high,
            (Some("by") | None, "shifted" | "scaled") => &mut by,
            _ => return Err(wanted().into()),
        };
        if free.replace(number(value)?).is_some() {
            return Err(format!("{item} is given twice").into());
        }
    }
    Ok(match (law, by) {
        ("shifted", Some(by)) => of.shifted(by)?,
        ("scaled", Some(by)) => of.scaled(by)?,
        ("truncated", _) if low.is_some() || high.is_some() => {
            of.truncated(low.unwrap_or(f64::NEG_INFINITY), high.unwrap_or(f64::INFINITY))?
        }
        _ => return Err(wanted().into()),
    })
}

fn example(law: &str) -> String {
    match law {
        "empirical" | "interpolated" => format!("{law}(3.5, 4, 8)"),
        "weighted" => "weighted(0.2: 5, 0.8: 10)".to_owned(),
        "mixture" => "mixture(1: exponential(mean=2), 3: constant(value=4))".to_owned(),
        "truncated" => "truncated(normal(mean=20, sd=2), low=0)".to_owned(),
        "shifted" | "scaled" => format!("{law}(exponential(mean=2), by=3)"),
        _ => {
            let names =
                LAWS.iter().find(|(known, _)| *known == law).map_or(&[][..], |(_, names)| names);
            let given: Vec<_> = names.iter().map(|name| format!("{name}=...")).collect();
            format!("{law}({})", given.join(", "))
        }
    }
}

fn unknown(law: &str) -> String {
    let mut names: Vec<_> =
        LAWS.iter().map(|(name, _)| *name).chain(COMPOSED.iter().copied()).collect();
    names.sort_unstable();
    names.dedup();
    format!("there is no distribution {law}; there are {}", names.join(", "))
}

/// The items between commas that are in no further brackets.
///
/// # Errors
/// Brackets do not fit together.
pub(crate) fn items(text: &str) -> Result<Vec<&str>, String> {
    let (mut items, mut begin, mut depth) = (Vec::new(), 0, 0_usize);
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.checked_sub(1).ok_or("there is a ) too many")?,
            ',' if depth == 0 => {
                items.push(text[begin..at].trim());
                begin = at + 1;
            }
            _ => {}
        }
    }
    if depth > 0 {
        return Err("a ) is missing".to_owned());
    }
    let last = text[begin..].trim();
    if !last.is_empty() || !items.is_empty() {
        items.push(last);
    }
    Ok(items)
}

/// A name before `=`, if there is one that is in no brackets, and what follows.
fn named(item: &str) -> (Option<&str>, &str) {
    match item.split_once('=') {
        Some((name, value)) if !name.contains('(') => (Some(name.trim()), value.trim()),
        _ => (None, item),
    }
}

fn split_pair(item: &str) -> Option<(&str, &str)> {
    item.split_once(':').map(|(weight, of)| (weight.trim(), of.trim()))
}

/// A number, or a span in seconds.
fn number(text: &str) -> Result<f64, String> {
    if let Ok(value) = text.parse::<f64>() {
        return Ok(value);
    }
    let span = text.parse::<Span>();
    span.map(|span| span.as_nanos() as f64 / 1e9)
        .map_err(|_| format!("'{text}' is neither a number nor a span such as 90s or 1h30m"))
}

/// The numbers of a file with one a line, for [`Distribution::empirical`] and
/// [`Distribution::interpolated`]. They can be spans, such as `4min`, and are seconds then. Empty
/// lines and lines that begin with `#` are passed over.
///
/// # Errors
/// A line is neither a number nor a span; the error names it.
///
/// # Examples
/// ```
/// use flagfall::random::{Distribution, observations};
///
/// # fn main() -> Result<(), flagfall::random::DistributionError> {
/// let file = "# service times\n3.5\n4s\n\n8\n";
/// let service = Distribution::empirical(&observations(file)?)?;
/// assert_eq!(service.to_string(), "empirical(3.5, 4, 8)");
/// assert!(observations("4\nx").is_err());
/// # Ok(())
/// # }
/// ```
pub fn observations(text: &str) -> Result<Vec<f64>, DistributionError> {
    let lines = (1..).zip(text.lines().map(str::trim));
    let numbers = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let read = numbers.map(|(at, line)| {
        let problem =
            |problem| DistributionError::Text { problem: format!("line {at}: {problem}") };
        number(line).map_err(problem)
    });
    read.collect()
}
