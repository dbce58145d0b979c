//! Which scenario can be the best, and which was chosen.

use super::Shown;
use crate::report::study::{Named, Standing, best_json, between};
use crate::study::{ComparisonEntry, SelectionEntry};
use crate::words::{counted, one_line};
use flagfall::experiment::{ComparedMeasure, Comparison};
use flagfall::statistics::{Best, StatisticsError, Tally};
use serde_json::{Value, json};
use std::io::{self, Write};

/// The comparison that is asked for, with the choice of the best.
pub(crate) fn comparison(
    asked: &ComparisonEntry,
    selection: Option<&SelectionEntry>,
) -> Result<Comparison, StatisticsError> {
    let comparison = asked.comparison()?;
    let Some(entry) = selection else { return Ok(comparison) };
    let selection = entry.selection();
    comparison.selecting(selection.best, selection.zone, &selection.of, selection.most)
}

/// What is known of the best.
pub(super) struct Told {
    best: Best,
    measure: String,
    level: f64,
    /// What is known of each scenario; or in words, why nothing is.
    of: Result<Vec<Standing>, String>,
    /// The scenario that was chosen, or none was; nothing if none was to be.
    chosen: Option<Option<usize>>,
    /// Which was chosen, or which can be the best; or why there is no answer.
    pub(super) sentence: String,
}

impl Shown<'_> {
    /// What is known of the best, if it is asked for.
    pub(super) fn best(&self) -> Option<Told> {
        let (best, level) = (self.asked.best?, self.asked.level);
        // That it is there was checked.
        let measure: &ComparedMeasure = self.measures().next()?;
        let scenarios = self.asked.scenarios.iter();
        let names = scenarios.map(|scenario| one_line(&scenario.name).into_owned()).collect();
        let (name, unit) = (one_line(&measure.name), one_line(&measure.unit));
        let named = Named { names, noun: "scenario", measure: &name, unit: &unit, best };
        let values: Vec<u64> = measure.scenarios.iter().map(Tally::count).collect();
        let pairs = &self.compared.pairs;
        let difference = |one: usize, other: usize| {
            let pair = pairs.iter().position(|pair| *pair == (one, other));
            let paired = pair.and_then(|pair| measure.pairs.get(pair));
            let paired = paired.ok_or(StatisticsError::TooFew { needed: 1, got: 0 })?;
            Ok(*paired.difference())
        };
        let of = named.standings(&values, level, difference);
        let all = self.compared.replications;
        let made = format!("{} of each", counted(all, "replication"));
        // What was chosen is one answer, and what the intervals say is about the same.
        let sentence = match self.selection {
            Some(entry) => named.choice(self.compared.selected, entry, &values, (all, &made)),
            None => named.sentence(&of, level),
        };
        let chosen = self.selection.map(|_| self.compared.selected);
        let measure = measure.name.clone();
        Some(Told { best, measure, level, of, chosen, sentence })
    }
}

impl Told {
    /// Writes the intervals; not after a choice: the results decided how many replications there are,
    /// so the intervals would be too narrow.
    pub(super) fn write(&self, out: &mut dyn Write, shown: &Shown<'_>) -> io::Result<()> {
        let (Ok(of), None) = (&self.of, self.chosen) else { return Ok(()) };
        let names = || shown.asked.scenarios.iter().map(|scenario| scenario.name.as_str());
        let width = names().map(|name| name.chars().count()).max().unwrap_or_default();
        let name = one_line(&self.measure);
        writeln!(out, "\n{name}, better than the best other by")?;
        for (name, of) in names().zip(of) {
            let can_be = if of.with.can_be_best { "can be the best" } else { "cannot be the best" };
            writeln!(out, "  {name:<width$}  {}, {can_be}", between(of))?;
        }
        Ok(())
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "measure": self.measure,
            "best": self.best.word(),
            "level": self.level,
            "chosen": self.chosen.flatten(),
            "scenarios": match (&self.of, self.chosen) {
                (Ok(of), None) => of.iter().map(|of| best_json(Some(*of))).collect::<Value>(),
                _ => Value::Null,
            },
        })
    }
}
