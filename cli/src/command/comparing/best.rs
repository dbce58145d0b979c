//! Which scenario can be the best, and which was chosen.

use super::Shown;
use crate::report::study::{Named, best_json, between};
use crate::study::{ComparisonEntry, SelectionEntry};
use crate::words::one_line;
use flagfall::experiment::{ComparedMeasure, Comparison};
use flagfall::statistics::{Best, StatisticsError, WithBest};
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
    of: Vec<WithBest>,
    /// The scenario that was chosen, or none was; nothing if none was to be.
    chosen: Option<Option<usize>>,
    /// Which was chosen, and which can be the best.
    pub(super) sentences: Vec<String>,
}

impl Shown<'_> {
    /// What is known of the best, if it is asked for, and if there are two replications or more.
    pub(super) fn best(&self) -> Option<Told> {
        let (best, level) = (self.asked.best?, self.asked.level);
        let measure: &ComparedMeasure = self.measures().next()?;
        let of = measure.with_the_best(&self.compared.pairs, best, level).ok()?;
        let scenarios = self.asked.scenarios.iter();
        let names = scenarios.map(|scenario| one_line(&scenario.name).into_owned()).collect();
        let name = one_line(&measure.name);
        let named = Named { names, noun: "scenario", measure: &name, best };
        let all = self.compared.replications;
        let choice = self.selection.map(|entry| named.choice(self.compared.selected, entry, all));
        // What was chosen is one answer, and what the intervals say is about the same.
        let can_be = || named.sentence(&of, level);
        let sentences = vec![choice.unwrap_or_else(can_be)];
        let chosen = self.selection.map(|_| self.compared.selected);
        let measure = measure.name.clone();
        Some(Told { best, measure, level, of, chosen, sentences })
    }
}

impl Told {
    /// Writes the intervals; not after a choice, where they would be of a number of replications that
    /// they have decided.
    pub(super) fn write(&self, out: &mut dyn Write, shown: &Shown<'_>) -> io::Result<()> {
        if self.chosen.is_some() {
            return Ok(());
        }
        let names = || shown.asked.scenarios.iter().map(|scenario| scenario.name.as_str());
        let width = names().map(|name| name.chars().count()).max().unwrap_or_default();
        let name = one_line(&self.measure);
        writeln!(out, "\n{name}, better than the best other by")?;
        for (name, of) in names().zip(&self.of) {
            let can_be = if of.can_be_best { "can be the best" } else { "cannot be the best" };
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
            "scenarios": match self.chosen {
                None => self.of.iter().map(best_json).collect::<Value>(),
                Some(_) => Value::Null,
            },
        })
    }
}
