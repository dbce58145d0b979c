//! A comparison as text.

use super::Shown;
use crate::experiment::ComparedMeasure;
use crate::statistics::{Interval, Paired};
use std::io::{self, Write};

pub(super) fn write(out: &mut dyn Write, shown: &Shown<'_>) -> io::Result<()> {
    let Shown { scenarios, options, comparison, compared } = shown;
    let (count, pairs) = (scenarios.len(), compared.pairs.len());
    writeln!(
        out,
        "{}: {count} scenarios, {} replications of each under common random numbers",
        scenarios[0].model, compared.replications
    )?;
    let (level, each) = (percent(options.level), percent(comparison.pair_level()));
    match pairs {
        1 => writeln!(out, "intervals at {level} %")?,
        _ => writeln!(
            out,
            "intervals of the {pairs} differences at {each} % each, so that all of a measure are \
             right at {level} % (Bonferroni)"
        )?,
    }
    for measure in shown.measures() {
        one(out, shown, measure)?;
    }
    if let Some(sentence) = shown.measures().find_map(|measure| sentence(shown, measure)) {
        writeln!(out, "\n{sentence}")?;
    }
    Ok(())
}

impl Shown<'_> {
    pub(super) fn measures(&self) -> impl Iterator<Item = &ComparedMeasure> {
        let of = &self.options.of;
        let wanted = move |measure: &&ComparedMeasure| of.is_empty() || of.contains(&measure.name);
        self.compared.measures.iter().filter(wanted)
    }

    pub(super) fn interval(&self, paired: &Paired) -> Option<Interval> {
        paired.interval(self.comparison.pair_level()).ok()
    }
}

/// The table of one measure.
fn one(out: &mut dyn Write, shown: &Shown<'_>, measure: &ComparedMeasure) -> io::Result<()> {
    let ComparedMeasure { name, unit, scenarios, pairs } = measure;
    let unit = if unit == "1" { String::new() } else { format!(" [{unit}]") };
    writeln!(out, "\n{name}{unit}")?;
    let label = |pair: usize| {
        let (one, other) = shown.compared.pairs[pair];
        format!("{} less {}", shown.scenarios[one].name, shown.scenarios[other].name)
    };
    let names = shown.scenarios.iter().map(|scenario| scenario.name.clone());
    let width = names.chain((0..pairs.len()).map(label)).map(|name| name.chars().count()).max();
    let width = width.unwrap_or_default();
    for (scenario, tally) in shown.scenarios.iter().zip(scenarios) {
        let text = match Interval::of(tally, shown.options.level) {
            Ok(interval) => with_error(&interval),
            Err(_) => "undefined".to_owned(),
        };
        writeln!(out, "  {:<width$}  {text}", scenario.name)?;
    }
    for (pair, paired) in pairs.iter().enumerate() {
        let text = match shown.interval(paired) {
            Some(interval) => difference(&interval, paired),
            None => "undefined".to_owned(),
        };
        writeln!(out, "  {:<width$}  {text}", label(pair))?;
    }
    let ranked = ranking(shown, measure);
    if !ranked.is_empty() {
        writeln!(out, "  from the lowest: {ranked}")?;
    }
    Ok(())
}

/// `0.0210 ± 0.0030`: as many decimals as the second digit of the error.
fn with_error(interval: &Interval) -> String {
    let (mean, half) = (interval.mean, interval.half_width);
    if half == 0.0 {
        return format!("{mean} ± 0");
    }
    let magnitude = libm::floor(libm::log10(half)) as i32;
    let digits = (1 - magnitude).clamp(0, 12) as usize;
    format!("{mean:.digits$} ± {half:.digits$}")
}

fn difference(interval: &Interval, paired: &Paired) -> String {
    let established = match (interval.mean, interval.half_width) {
        (0.0, 0.0) => "equal in every replication",
        _ if interval.covers(0.0) => "not established",
        _ => "established",
    };
    let saved = match independent(paired) {
        Some(replications) => {
            format!(", variance ratio {:.3}, independent {replications}", ratio(paired))
        }
        None => String::new(),
    };
    format!("{}, {established}{saved}", with_error(interval))
}

fn ratio(paired: &Paired) -> f64 {
    paired.variance_ratio().unwrap_or(1.0)
}

/// How many replications of each independent seeds would take for the same half-width.
pub(super) fn independent(paired: &Paired) -> Option<u64> {
    let ratio = paired.variance_ratio().filter(|ratio| *ratio > 0.0)?;
    Some(libm::ceil(paired.difference().count() as f64 / ratio) as u64)
}

/// `a < b ~ c`: a difference of neighbours that is established, and one that is not.
fn ranking(shown: &Shown<'_>, measure: &ComparedMeasure) -> String {
    let mut text = String::new();
    let mut before = None;
    for scenario in measure.ranking() {
        if let Some(before) = before {
            text.push_str(match shown.between(measure, before, scenario) {
                Some(Between::Equal) => " = ",
                Some(Between::Differ) => " < ",
                Some(Between::Unknown) => " ~ ",
                None => ", ",
            });
        }
        text.push_str(&shown.scenarios[scenario].name);
        before = Some(scenario);
    }
    text
}

/// What is known of two scenarios.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Between {
    Equal,
    Differ,
    Unknown,
}

impl Shown<'_> {
    /// `None` if the two are not compared.
    pub(super) fn between(
        &self,
        measure: &ComparedMeasure,
        one: usize,
        other: usize,
    ) -> Option<Between> {
        let pair = self
            .compared
            .pairs
            .iter()
            .position(|pair| *pair == (one, other) || *pair == (other, one))?;
        let interval = self.interval(&measure.pairs[pair])?;
        Some(match (interval.mean, interval.half_width) {
            (0.0, 0.0) => Between::Equal,
            _ if interval.covers(0.0) => Between::Unknown,
            _ => Between::Differ,
        })
    }
}

/// What the first measure with a difference comes to, in words.
fn sentence(shown: &Shown<'_>, measure: &ComparedMeasure) -> Option<String> {
    let widest = (0..measure.pairs.len())
        .filter_map(|pair| Some((pair, shown.interval(&measure.pairs[pair])?)))
        .max_by(|(_, one), (_, other)| {
            one.mean.abs().partial_cmp(&other.mean.abs()).expect("means are finite")
        });
    let (pair, interval) = widest?;
    let (one, other) = shown.compared.pairs[pair];
    let (one, other) = (&shown.scenarios[one].name, &shown.scenarios[other].name);
    let (name, level) = (&measure.name, percent(shown.comparison.pair_level()));
    let paired = &measure.pairs[pair];
    let count = paired.difference().count();
    if (interval.mean, interval.half_width) == (0.0, 0.0) {
        return shown.options.of.contains(name).then(|| {
            format!("{name} is the same with {one} and with {other} in all {count} replications.")
        });
    }
    let size = Interval { mean: interval.mean.abs(), ..interval };
    let unit = if measure.unit == "1" { String::new() } else { format!(" {}", measure.unit) };
    let than = if interval.mean < 0.0 { "lower" } else { "higher" };
    let what = if interval.covers(0.0) {
        format!(
            "{count} replications do not tell whether {name} differs between {one} and {other}: \
             the difference is {}{unit} ({level} %)",
            with_error(&interval)
        )
    } else {
        format!(
            "{name} is {}{unit} {than} with {one} than with {other} ({level} %)",
            with_error(&size)
        )
    };
    let saved = match independent(paired) {
        Some(wanted) if wanted > count => format!(
            "; independent seeds would take about {wanted} replications of each to know it as \
             well, common random numbers took {count}"
        ),
        _ => String::new(),
    };
    Some(format!("{what}{saved}."))
}

/// Of 0.95 it is 95, whatever the rounding of the product.
fn percent(level: f64) -> f64 {
    libm::rint(level * 1e6) / 1e4
}
