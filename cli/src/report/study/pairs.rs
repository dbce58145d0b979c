//! What antithetic pairs saved.

use super::Study;
use super::number::extremes;
use crate::study::PairsSummary;

impl Study {
    /// Notes what antithetic pairs saved for a measure, if replications are pairs.
    pub fn note_saved(&mut self, measure: usize) {
        let saved = saved(self, measure);
        self.notes.extend(saved);
    }
}

/// What the pairs of a study saved for a measure, in a sentence; `None` if its replications are no
/// pairs.
fn saved(study: &Study, measure: usize) -> Option<String> {
    if !study.manifest.antithetic {
        return None;
    }
    let intervals = "Antithetic pairs: each interval is of the means of pairs, and n counts these";
    let of_points = study.summary.points.iter().filter_map(|point| point.measures.get(measure));
    let pairs: Vec<PairsSummary> = of_points.filter_map(|of| of.pairs).collect();
    let ratios = pairs.iter().filter_map(|of| of.variance_ratio);
    let independent = pairs.iter().filter_map(|of| of.independent).map(|count| count as f64);
    let (Some(ratio), Some(needed)) = (extremes(ratios, 3), extremes(independent, 15)) else {
        return Some(format!("{intervals}. It takes two pairs that differ to have one."));
    };
    let name = &study.summary.measures[measure].name;
    let made = study.summary.points.iter().map(|point| point.replications).max()?;
    let of_each = if study.summary.points.len() > 1 { " of a point" } else { "" };
    Some(format!(
        "{intervals}. For {name}, about {needed} independent replications{of_each} would have given \
         the same half-width, and {made} were made (variance ratio {ratio})."
    ))
}
