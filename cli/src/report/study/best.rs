//! Which points can be the best, and which was chosen.

use super::table::{self, blocks, plain, points};
use super::verdict::listed;
use super::{Study, number};
use crate::study::SelectionEntry;
use crate::words::{counted, with_unit};
use flagfall::experiment::{Column, Selection};
use flagfall::statistics::{Best, StatisticsError, Tally, WithBest, with_the_best};
use serde_json::{Value, json};
use std::cell::Cell;
use std::io::{self, Write};

/// A sentence names at most this many.
const MOST_NAMED: usize = 4;

/// The points of a study, from the best.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranking {
    /// The number of the measure.
    pub measure: usize,
    /// Which is the best.
    pub best: Best,
    /// The confidence level of all intervals together.
    pub level: f64,
    /// The points, the best mean first; those without a mean are last.
    pub order: Vec<usize>,
    /// What is known of each point, in the order of the points; or in words, why nothing is.
    pub of: Result<Vec<Standing>, String>,
    /// The point that was chosen, or none was.
    pub chosen: Option<Option<usize>>,
}

/// What is known of a point or a scenario, compared with the best of the others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standing {
    /// Its interval.
    pub with: WithBest,
    /// The fewest replications in which it and another one have both a value.
    pub common: u64,
}

/// How the scenarios or points of which the best is asked for are called.
pub(crate) struct Named<'a> {
    pub(crate) names: Vec<String>,
    /// `point` or `scenario`.
    pub(crate) noun: &'a str,
    /// The measure.
    pub(crate) measure: &'a str,
    pub(crate) unit: &'a str,
    pub(crate) best: Best,
}

impl Named<'_> {
    fn superlative(&self) -> &'static str {
        match self.best {
            Best::Max => "highest",
            Best::Min => "lowest",
        }
    }

    /// What is known of each; or in words, why nothing is. `values` has how many values there are of
    /// each, and `difference` gives the differences of a pair, first less second.
    pub(crate) fn standings(
        &self,
        values: &[u64],
        level: f64,
        difference: impl Fn(usize, usize) -> Result<Tally, StatisticsError>,
    ) -> Result<Vec<Standing>, String> {
        self.none_is_empty(values)?;
        let common = vec![Cell::new(u64::MAX); values.len()];
        let apart = Cell::new(None);
        let of_pair = |one: usize, other: usize| {
            let of_pair = difference(one, other)?;
            for at in [one, other] {
                common[at].set(common[at].get().min(of_pair.count()));
            }
            if of_pair.count() == 0 {
                apart.set(Some([one, other]));
            }
            Ok(of_pair)
        };
        let with = with_the_best(values.len(), self.best, level, of_pair);
        let with = with.map_err(|error| match apart.get() {
            Some(pair) => format!(
                "there is no replication in which {} have both a value of {}",
                self.listed(&pair),
                self.measure
            ),
            None => format!("the {}s cannot be compared: {error}", self.noun),
        })?;
        let standings = with.into_iter().zip(common);
        Ok(standings.map(|(with, common)| Standing { with, common: common.get() }).collect())
    }

    /// Checks that each has a value.
    fn none_is_empty(&self, values: &[u64]) -> Result<(), String> {
        let empty: Vec<usize> = (0..values.len()).filter(|at| values[*at] == 0).collect();
        if empty.is_empty() {
            return Ok(());
        }
        let has = if empty.len() == 1 { "has" } else { "have" };
        Err(format!("{} {has} no value of {}", self.listed(&empty), self.measure))
    }

    /// Some of them by name, or how many of how many.
    fn listed(&self, which: &[usize]) -> String {
        match which.len() {
            0..=MOST_NAMED => {
                listed(&which.iter().map(|at| self.names[*at].clone()).collect::<Vec<_>>())
            }
            some => format!("{some} of {}", counted(self.names.len(), self.noun)),
        }
    }

    /// Which can be the best, in one sentence.
    pub(crate) fn sentence(&self, of: &Result<Vec<Standing>, String>, level: f64) -> String {
        let of = match of {
            Ok(of) => of,
            Err(why) => {
                return format!(
                    "no answer which has the {} {}: {why}.",
                    self.superlative(),
                    self.measure
                );
            }
        };
        let all = counted(self.names.len(), self.noun);
        let with = |can_be: bool| -> Vec<usize> {
            (0..of.len()).filter(|at| of[*at].with.can_be_best == can_be).collect()
        };
        let (can, cannot) = (with(true), with(false));
        let (most, measure) = (self.superlative(), self.measure);
        let level = number(level * 100.0, 4);
        match (&can[..], &cannot[..]) {
            ([one], _) => {
                format!("{} has the {most} {measure} of all {all} ({level} %).", self.names[*one])
            }
            (_, []) => format!(
                "each of the {all} can have the {most} {measure} ({level} %): more replications tell \
                 them apart."
            ),
            _ => format!(
                "{} can have the {most} {measure}, {} cannot ({level} %).",
                self.listed(&can),
                self.listed(&cannot)
            ),
        }
    }

    /// Which was chosen, in one sentence. `values` has how many values there are of each, and
    /// `made` how many replications were made of each, and in words.
    pub(crate) fn choice(
        &self,
        chosen: Option<usize>,
        asked: &SelectionEntry,
        values: &[u64],
        (of_each, made): (u64, &str),
    ) -> String {
        let SelectionEntry { indifference, chance, most, .. } = asked;
        let by = match asked.procedure.as_str() {
            "rinott" => "Rinott",
            _ => "Kim and Nelson",
        };
        let (which, measure) = (self.superlative(), self.measure);
        let unit = if self.unit == "1" { String::new() } else { format!(" {}", self.unit) };
        let chance = number(chance * 100.0, 4);
        if let Some(name) = chosen.and_then(|at| self.names.get(at)) {
            return format!(
                "{name} is chosen for the {which} {measure}: this choice is right with a chance of \
                 at least {chance} %, if all others are worse by {indifference}{unit} or more ({by}, \
                 {made})."
            );
        }
        let why = match self.none_is_empty(values) {
            Err(why) => why,
            Ok(()) if of_each < *most => {
                format!("there is no replication in which all {}s have a value", self.noun)
            }
            Ok(()) => format!("{most} replications of each (--most) do not decide it"),
        };
        format!("nothing is chosen for the {which} {measure}: {why} ({by}, {made}).")
    }
}

/// Checks that there are as many points or scenarios as the best can be found of.
///
/// # Errors
/// What there are too many or too few of, in words.
pub(crate) fn check_count(count: usize, what: &str) -> Result<(), String> {
    const MOST: usize = Selection::MOST_POINTS;
    match count {
        0 | 1 => Err("--best: there is one point only: vary an option with --set".to_owned()),
        2..=MOST => Ok(()),
        _ => Err(format!("--best: there are {count} {what}, and {MOST} are the most")),
    }
}

impl Ranking {
    /// Ranks the points of a study by its rows. There are as many points as [`Selection::MOST_POINTS`]
    /// at most.
    #[must_use]
    pub fn of(study: &Study, best: Best, measure: usize) -> Self {
        let points = study.summary.points.len();
        let values = study.rows.by_point(study, measure);
        let difference = |one: usize, other: usize| {
            let pairs = values[one].iter().zip(&values[other]);
            let mut tally = Tally::new();
            for (one, other) in pairs.filter_map(|(one, other)| one.zip(*other)) {
                tally.add(one - other)?;
            }
            Ok(tally)
        };
        let level = study.manifest.level;
        let of = named(study, best, measure).standings(&counts(study, measure), level, difference);
        let means: Vec<Option<f64>> = (0..points)
            .map(|point| study.summary.points[point].measures.get(measure)?.mean)
            .collect();
        let mut order: Vec<usize> = (0..points).collect();
        let merit =
            |point: &usize| means[*point].map_or(f64::NEG_INFINITY, |mean| best.merit(mean));
        order.sort_by(|one, other| merit(other).total_cmp(&merit(one)));
        Self { measure, best, level, order, of, chosen: None }
    }

    /// The answer in one sentence: which was chosen, or else which can be the best.
    #[must_use]
    pub fn sentence(&self, study: &Study) -> String {
        let named = named(study, self.best, self.measure);
        match (self.chosen, &study.manifest.selection) {
            (Some(chosen), Some(asked)) => {
                let summary = &study.summary;
                let of_each = summary.points.iter().map(|point| point.replications).max();
                let made = format!("{} in all", counted(summary.replications(), "replication"));
                let values = counts(study, self.measure);
                named.choice(chosen, asked, &values, (of_each.unwrap_or_default(), &made))
            }
            _ => named.sentence(&self.of, self.level),
        }
    }

    /// Writes the points, from the best.
    ///
    /// # Errors
    /// What writing to `out` returns.
    pub fn table(&self, out: &mut dyn Write, study: &Study, width: usize) -> io::Result<()> {
        let heads = points(study).into_iter().map(|column| {
            let cells = self.order.iter().map(|point| column.cells[*point].clone()).collect();
            table::Column { cells, ..column }
        });
        let heads: Vec<table::Column> = heads.collect();
        let column = |head: String, cell: &dyn Fn(usize) -> String| table::Column {
            head: plain(&head),
            cells: self.order.iter().map(|point| plain(&cell(*point))).collect(),
            left: true,
        };
        let measure = &study.summary.measures[self.measure];
        let text = |point: usize| study.summary.points[point].measures[self.measure].text.clone();
        let mean = column(with_unit(&measure.name, &measure.unit), &text);
        if let Some(chosen) = self.chosen {
            let cell = |point| (if chosen == Some(point) { "chosen" } else { "" }).to_owned();
            let columns = [mean, column("choice".to_owned(), &cell)];
            return blocks(out, &heads, &columns, self.order.len(), width);
        }
        let Ok(of) = &self.of else {
            return blocks(out, &heads, &[mean], self.order.len(), width);
        };
        let columns = [
            mean,
            column("better than the best other by".to_owned(), &|point| between(&of[point])),
            column("can be best".to_owned(), &|point| {
                (if of[point].with.can_be_best { "yes" } else { "no" }).to_owned()
            }),
        ];
        blocks(out, &heads, &columns, self.order.len(), width)
    }

    /// The ranking for a program.
    #[must_use]
    pub fn json(&self, study: &Study) -> Value {
        let point = |at: &usize| {
            // After a choice, the results decided how many replications there are, so the intervals
            // would be too narrow.
            let mut object = match self.chosen {
                None => best_json(self.of.as_ref().ok().map(|of| of[*at])),
                Some(_) => json!({}),
            };
            object["point"] = json!(at);
            object["mean"] = json!(study.summary.points[*at].measures[self.measure].mean);
            object
        };
        json!({
            "measure": study.summary.measures[self.measure].name,
            "best": self.best.word(),
            "level": self.level,
            "chosen": self.chosen.flatten(),
            "ranking": self.order.iter().map(point).collect::<Value>(),
        })
    }
}

fn named(study: &Study, best: Best, measure: usize) -> Named<'_> {
    let names = (0..study.summary.points.len()).map(|point| study.name_of(point)).collect();
    let Column { name, unit, .. } = &study.summary.measures[measure];
    Named { names, noun: "point", measure: name, unit, best }
}

/// How many values of a measure there are at each point.
fn counts(study: &Study, measure: usize) -> Vec<u64> {
    let points = study.summary.points.iter();
    points.map(|point| point.measures.get(measure).map_or(0, |of| of.count)).collect()
}

/// What is known of one, for a program: fields without a value if that is nothing.
pub(crate) fn best_json(of: Option<Standing>) -> Value {
    let with = of.map(|of| of.with);
    json!({
        "better_by": with.map(|of| of.difference),
        "low": with.and_then(|of| of.low),
        "high": with.and_then(|of| of.high),
        "can_be_best": with.map(|of| of.can_be_best),
    })
}

/// An interval in words.
pub(crate) fn between(of: &Standing) -> String {
    match (of.with.low, of.with.high) {
        (Some(low), Some(high)) => format!("{} to {}", number(low, 3), number(high, 3)),
        _ if of.common < 2 => "no interval, one value only".to_owned(),
        _ => "no interval, differences are equal".to_owned(),
    }
}
