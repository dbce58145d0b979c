//! Which points can be the best, and which was chosen.

use super::table::{Column, blocks, plain, points};
use super::verdict::listed;
use super::{Study, number};
use crate::study::SelectionEntry;
use crate::words::{counted, with_unit};
use flagfall::experiment::Selection;
use flagfall::statistics::{Best, Tally, WithBest, with_the_best};
use serde_json::{Value, json};
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
    /// The points, the best mean first.
    pub order: Vec<usize>,
    /// What is known of each point, in the order of the points.
    pub of: Vec<WithBest>,
    /// The point that was chosen, or none was.
    pub chosen: Option<Option<usize>>,
}

/// How the scenarios or points of which the best is asked for are called.
pub(crate) struct Named<'a> {
    pub(crate) names: Vec<String>,
    /// `point` or `scenario`.
    pub(crate) noun: &'a str,
    /// The measure.
    pub(crate) measure: &'a str,
    pub(crate) best: Best,
}

impl Named<'_> {
    fn superlative(&self) -> &'static str {
        match self.best {
            Best::Max => "highest",
            Best::Min => "lowest",
        }
    }

    /// Which can be the best, in one sentence.
    pub(crate) fn sentence(&self, of: &[WithBest], level: f64) -> String {
        let all = self.names.len();
        let with = |can_be: bool| -> Vec<String> {
            let found = of.iter().zip(&self.names).filter(|(one, _)| one.can_be_best == can_be);
            found.map(|(_, name)| name.clone()).collect()
        };
        let (can, cannot) = (with(true), with(false));
        let short = |names: &[String]| match names.len() {
            0..=MOST_NAMED => listed(names),
            some => format!("{some} of {}", counted(all, self.noun)),
        };
        let (most, measure) = (self.superlative(), self.measure);
        let level = number(level * 100.0, 4);
        match (&can[..], &cannot[..]) {
            ([one], _) => format!(
                "{one} has the {most} {measure} of all {} ({level} %).",
                counted(all, self.noun)
            ),
            (_, []) => format!(
                "each of the {} can have the {most} {measure} ({level} %): more replications tell \
                 them apart.",
                counted(all, self.noun)
            ),
            _ => format!(
                "{} can have the {most} {measure}, {} cannot ({level} %).",
                short(&can),
                short(&cannot)
            ),
        }
    }

    /// Which was chosen, in one sentence.
    pub(crate) fn choice(&self, chosen: Option<usize>, asked: &SelectionEntry, all: u64) -> String {
        let SelectionEntry { indifference, chance, most, .. } = asked;
        let by = match asked.procedure.as_str() {
            "rinott" => "Rinott",
            _ => "Kim and Nelson",
        };
        let (which, measure) = (self.superlative(), self.measure);
        let chance = number(chance * 100.0, 4);
        match chosen.and_then(|at| self.names.get(at)) {
            Some(name) => format!(
                "{name} is chosen for the {which} {measure}: if all others are worse by \
                 {indifference} or more, that is right with a chance of at least {chance} % ({by}, \
                 {}).",
                counted(all, "replication")
            ),
            None => format!(
                "nothing is chosen for the {which} {measure}: {} (--most {most}) are too few, or \
                 too many have no value.",
                counted(all, "replication")
            ),
        }
    }
}

impl Ranking {
    /// Ranks the points of a study by its rows.
    ///
    /// # Errors
    /// What of it cannot be, in words.
    pub fn of(study: &Study, best: Best, measure: usize) -> Result<Self, String> {
        let points = study.summary.points.len();
        if points < 2 {
            return Err("the best of one point is that point: vary an option with --set".to_owned());
        }
        if points > Selection::MOST_POINTS {
            let most = Selection::MOST_POINTS;
            return Err(format!("there are {points} points, and {most} are the most for --best"));
        }
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
        let of = with_the_best(points, best, level, difference)
            .map_err(|error| format!("the points cannot be compared: {error}"))?;
        let means: Vec<Option<f64>> = (0..points)
            .map(|point| study.summary.points[point].measures.get(measure)?.mean)
            .collect();
        let mut order: Vec<usize> = (0..points).collect();
        let merit =
            |point: &usize| means[*point].map_or(f64::NEG_INFINITY, |mean| best.merit(mean));
        order.sort_by(|one, other| merit(other).total_cmp(&merit(one)));
        Ok(Self { measure, best, level, order, of, chosen: None })
    }

    fn named<'s>(&self, study: &'s Study) -> Named<'s> {
        let names = (0..self.of.len()).map(|point| study.name_of(point)).collect();
        let measure = &study.summary.measures[self.measure].name;
        Named { names, noun: "point", measure, best: self.best }
    }

    /// The answer in one sentence: which was chosen, or else which can be the best.
    #[must_use]
    pub fn sentence(&self, study: &Study) -> String {
        let named = self.named(study);
        match (self.chosen, &study.manifest.selection) {
            (Some(chosen), Some(asked)) => {
                named.choice(chosen, asked, study.summary.replications())
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
            Column { cells, ..column }
        });
        let heads: Vec<Column> = heads.collect();
        let column = |head: String, cell: &dyn Fn(usize) -> String| Column {
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
        let columns = [
            mean,
            column("better than the best other by".to_owned(), &|point| between(&self.of[point])),
            column("can be best".to_owned(), &|point| {
                (if self.of[point].can_be_best { "yes" } else { "no" }).to_owned()
            }),
        ];
        blocks(out, &heads, &columns, self.order.len(), width)
    }

    /// The ranking for a program.
    #[must_use]
    pub fn json(&self, study: &Study) -> Value {
        let point = |at: &usize| {
            // After a choice, the intervals would be of a number of replications that they decided.
            let mut object = match self.chosen {
                None => best_json(&self.of[*at]),
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

/// What is known of one, for a program.
pub(crate) fn best_json(of: &WithBest) -> Value {
    json!({
        "better_by": of.difference,
        "low": of.low,
        "high": of.high,
        "can_be_best": of.can_be_best,
    })
}

/// An interval in words.
pub(crate) fn between(of: &WithBest) -> String {
    let (Some(low), Some(high)) = (of.low, of.high) else {
        return "no interval, differences are equal".to_owned();
    };
    format!("{} to {}", number(low, 3), number(high, 3))
}
