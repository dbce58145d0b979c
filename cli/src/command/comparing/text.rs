//! A comparison as text.

use crate::command::options::percent;
use crate::study::{ComparisonEntry, Replay, SelectionEntry};
use crate::words::{counted, one_line};
use flagfall::experiment::{Compared, ComparedMeasure, Comparison};
use flagfall::statistics::{Bounds, Estimate, Paired};
use std::io::{self, Write};

/// A comparison whose replications are made.
pub(crate) struct Shown<'a> {
    pub(crate) asked: &'a ComparisonEntry,
    pub(crate) comparison: &'a Comparison,
    /// How the best was chosen, if it was.
    pub(crate) selection: Option<&'a SelectionEntry>,
    pub(crate) compared: &'a Compared,
    /// Gives the command that runs a failed replication again.
    pub(crate) replay: Replay<'a>,
}

pub(crate) fn write(out: &mut dyn Write, shown: &Shown<'_>) -> io::Result<()> {
    let Shown { asked, comparison, compared, .. } = shown;
    let scenarios = &asked.scenarios;
    let (count, pairs) = (scenarios.len(), compared.pairs.len());
    let best = shown.best();
    if let Some(best) = &best {
        writeln!(out, "{}\n", best.sentence)?;
    }
    writeln!(
        out,
        "{}: {count} scenarios, {} of each under common random numbers",
        scenarios[0].model,
        counted(compared.replications, "replication")
    )?;
    let (level, each) = (percent(asked.level), percent(comparison.pair_level()));
    match pairs {
        1 => writeln!(out, "intervals at {level} %")?,
        _ => writeln!(
            out,
            "intervals of the {pairs} differences at {each} % each, so that all intervals of \
             a measure hold together at {level} % (Bonferroni)"
        )?,
    }
    for measure in shown.measures() {
        one(out, shown, measure)?;
    }
    if let Some(best) = &best {
        best.write(out, shown)?;
    }
    let estimates = || {
        let each = |measure: &ComparedMeasure| {
            let of = |at| measure.estimate(at, asked.level).ok();
            (0..measure.scenarios.len()).filter_map(of).collect::<Vec<_>>()
        };
        shown.measures().flat_map(each)
    };
    let shares = estimates().any(|of| matches!(of.bounds, Bounds::ClopperPearson { .. }));
    let unbounded = |single: bool| {
        estimates().any(|of| of.bounds == Bounds::Undefined && (of.count == 1) == single)
    };
    for note in Estimate::notes(shares, unbounded(false), unbounded(true)) {
        writeln!(out, "\n{note}")?;
    }
    if let Some(sentence) = shown.measures().find_map(|measure| sentence(shown, measure)) {
        writeln!(out, "\n{sentence}")?;
    }
    Ok(())
}

impl Shown<'_> {
    pub(crate) fn measures(&self) -> impl Iterator<Item = &ComparedMeasure> {
        let of = &self.asked.of;
        let wanted = move |measure: &&ComparedMeasure| of.is_empty() || of.contains(&measure.name);
        self.compared.measures.iter().filter(wanted)
    }

    pub(crate) fn estimate(&self, paired: &Paired) -> Option<Estimate> {
        Estimate::of(paired.difference(), self.comparison.pair_level()).ok()
    }

    /// What is known of a pair: `None` with fewer than two replications.
    fn between(&self, measure: &ComparedMeasure, pair: usize) -> Option<Between> {
        let difference = measure.pairs[pair].difference();
        Some(match measure.differs(pair, self.comparison.pair_level())? {
            true => Between::Differ,
            false if (difference.min(), difference.max()) == (Some(0.0), Some(0.0)) => {
                Between::Equal
            }
            false => Between::Unknown,
        })
    }
}

fn one(out: &mut dyn Write, shown: &Shown<'_>, measure: &ComparedMeasure) -> io::Result<()> {
    let ComparedMeasure { name, unit, pairs, .. } = measure;
    let unit = if unit == "1" { String::new() } else { format!(" [{unit}]") };
    writeln!(out, "\n{}{}", one_line(name), one_line(&unit))?;
    let label = |pair: usize| {
        let (one, other) = shown.compared.pairs[pair];
        format!("{} less {}", shown.asked.scenarios[one].name, shown.asked.scenarios[other].name)
    };
    let names = shown.asked.scenarios.iter().map(|scenario| scenario.name.clone());
    let width = names.chain((0..pairs.len()).map(label)).map(|name| name.chars().count()).max();
    let width = width.unwrap_or_default();
    for (at, scenario) in shown.asked.scenarios.iter().enumerate() {
        let estimate = measure.estimate(at, shown.asked.level).ok();
        let text = estimate.map_or_else(|| "undefined".to_owned(), |of| of.to_string());
        writeln!(out, "  {:<width$}  {text}", scenario.name)?;
    }
    for (pair, paired) in pairs.iter().enumerate() {
        let text = match shown.between(measure, pair) {
            Some(between) => difference(between, shown.estimate(paired), paired),
            None if paired.difference().count() == 1 => "one pair, no interval".to_owned(),
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

fn difference(between: Between, estimate: Option<Estimate>, paired: &Paired) -> String {
    let established = match between {
        Between::Equal => "equal in every replication",
        Between::Unknown => "not established",
        Between::Differ => "established",
    };
    let saved = paired.variance_ratio().zip(independent(paired)).map(|(ratio, replications)| {
        format!(", variance ratio {ratio:.3}, independent {replications}")
    });
    let size = match (between, estimate) {
        (Between::Equal, _) | (_, None) => "0".to_owned(),
        (_, Some(estimate)) => estimate.to_string(),
    };
    format!("{size}, {established}{}", saved.unwrap_or_default())
}

/// How many replications of each scenario would give the same half-width with independent seeds.
pub(crate) fn independent(paired: &Paired) -> Option<u64> {
    let ratio = paired.variance_ratio().filter(|ratio| *ratio > 0.0)?;
    Some(libm::ceil(paired.difference().count() as f64 / ratio) as u64)
}

/// The order of scenarios, like `a < b ~ c`: the first difference is established, the second not.
fn ranking(shown: &Shown<'_>, measure: &ComparedMeasure) -> String {
    let mut text = String::new();
    let mut before = None;
    for scenario in measure.ranking() {
        if let Some(before) = before {
            let is_of_both =
                |pair: &(usize, usize)| [(before, scenario), (scenario, before)].contains(pair);
            let pair = shown.compared.pairs.iter().position(is_of_both);
            text.push_str(match pair.and_then(|pair| shown.between(measure, pair)) {
                Some(Between::Equal) => " = ",
                Some(Between::Differ) => " < ",
                Some(Between::Unknown) => " ~ ",
                None => ", ",
            });
        }
        text.push_str(&shown.asked.scenarios[scenario].name);
        before = Some(scenario);
    }
    text
}

/// What is known about two scenarios.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Between {
    Equal,
    Differ,
    Unknown,
}

/// The largest difference of a measure as a sentence.
fn sentence(shown: &Shown<'_>, measure: &ComparedMeasure) -> Option<String> {
    let size = |pair: usize| shown.estimate(&measure.pairs[pair]).map(|of| of.mean.abs());
    let pair = (0..measure.pairs.len())
        .filter(|pair| shown.between(measure, *pair).is_some())
        .max_by(|one, other| size(*one).partial_cmp(&size(*other)).expect("means are finite"))?;
    let paired = &measure.pairs[pair];
    let (between, estimate) = (shown.between(measure, pair)?, shown.estimate(paired)?);
    let (one, other) = shown.compared.pairs[pair];
    let (one, other) = (&shown.asked.scenarios[one].name, &shown.asked.scenarios[other].name);
    let (name, level) = (&*one_line(&measure.name), percent(shown.comparison.pair_level()));
    let count = paired.difference().count();
    let unit = if measure.unit == "1" { String::new() } else { format!(" {}", measure.unit) };
    let what = match between {
        Between::Equal => {
            return shown.asked.of.contains(&measure.name).then(|| {
                format!(
                    "{name} is the same with {one} and with {other} in all {count} replications."
                )
            });
        }
        Between::Unknown => format!(
            "{count} replications do not tell whether {name} differs between {one} and {other}: \
             the difference is {estimate}{unit} ({level} %)"
        ),
        Between::Differ => {
            let than = if estimate.mean < 0.0 { "lower" } else { "higher" };
            let mut size = estimate;
            size.mean = size.mean.abs();
            format!("{name} is {size}{unit} {than} with {one} than with {other} ({level} %)")
        }
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
