//! Estimates of a measure by control variates.

use super::number::extremes;
use super::table::{Column, blocks, plain, points};
use super::{Study, number, place_of};
use crate::words::counted;
use flagfall::experiment::KnownMean;
use flagfall::statistics::{Controlled, StatisticsError};
use std::io::{self, Write};

/// The estimates of a measure at each point, with other measures as controls.
#[derive(Clone, Debug, PartialEq)]
pub struct ControlledPoints {
    /// The number of the measure.
    pub measure: usize,
    /// The controls, as they were given.
    pub controls: Vec<KnownMean>,
    /// The estimates, in the order of the points.
    pub points: Vec<Result<Controlled, StatisticsError>>,
}

/// Of each point, the values of the measures in the replications that have all of them.
fn complete(study: &Study, measures: &[usize]) -> Vec<Vec<Vec<f64>>> {
    let by_measure: Vec<_> =
        measures.iter().map(|measure| study.rows.by_point(study, *measure)).collect();
    let of_point = |point: usize| {
        let mut all = vec![Vec::new(); measures.len()];
        for at in 0..by_measure[0][point].len() {
            let row: Option<Vec<f64>> = by_measure.iter().map(|of| of[point][at]).collect();
            for (values, value) in all.iter_mut().zip(row.iter().flatten()) {
                values.push(*value);
            }
        }
        all
    };
    (0..study.summary.points.len()).map(of_point).collect()
}

impl ControlledPoints {
    /// The estimates of a measure of a study, at its level.
    ///
    /// # Errors
    /// Which control is of no measure, or has a mean of another unit, in words.
    pub fn of(study: &Study, measure: &str, known: &[KnownMean]) -> Result<Self, String> {
        let columns = &study.summary.measures;
        let place = |name: &str| place_of(columns, name);
        let measure = place(measure)?;
        let (mut places, mut means) = (vec![measure], Vec::new());
        for control in known {
            let at = place(&control.measure)?;
            if places.contains(&at) {
                return Err(match at == measure {
                    true => format!("{} cannot be its own control", control.measure),
                    false => format!("{} is given twice", control.measure),
                });
            }
            places.push(at);
            let mean = control.mean_in(&columns[at].unit);
            means.push(mean.map_err(|error| error.to_string())?);
        }
        let estimate = |values: &Vec<Vec<f64>>| {
            let controls = values[1..].iter().map(Vec::as_slice).zip(means.iter().copied());
            Controlled::of(&values[0], &controls.collect::<Vec<_>>(), study.manifest.level)
        };
        let points = complete(study, &places).iter().map(estimate).collect();
        Ok(Self { measure, controls: known.to_vec(), points })
    }

    /// What the controls saved, or why there is no estimate.
    #[must_use]
    pub fn sentence(&self, study: &Study) -> String {
        let name = &study.summary.measures[self.measure].name;
        let controls: Vec<&str> = self.controls.iter().map(|of| of.measure.as_str()).collect();
        let controls = controls.join(" and ");
        let found = || self.points.iter().filter_map(|point| point.as_ref().ok());
        let ratio = extremes(found().map(|of| of.variance_ratio), 3);
        let (Some(ratio), Some(made)) = (ratio, found().map(|of| of.interval.count).max()) else {
            let why = self.points.iter().find_map(|point| point.as_ref().err());
            let why = why.map_or_else(String::new, |error| format!(": {error}"));
            return format!("{name} cannot be estimated with the known mean of {controls}{why}.");
        };
        let of_each = if self.points.len() > 1 { " of a point" } else { "" };
        let pairs = if study.manifest.antithetic { "pair" } else { "replication" };
        let independent = found().filter_map(|of| of.independent).map(|count| count as f64);
        let saved = extremes(independent, 15).map_or_else(String::new, |needed| {
            format!(
                ", so about {needed} {pairs}s{of_each} would have given the same half-width without \
                 it"
            )
        });
        format!(
            "{name} is estimated with the known mean of {controls}: the variance of the estimate is \
             {ratio} of that of the plain mean{saved}; {} made.",
            match made {
                1 => format!("1 {pairs} was"),
                made => format!("{} were", counted(made, pairs)),
            }
        )
    }

    /// The estimate of a point with its interval; a dash without one.
    #[must_use]
    pub fn text(&self, point: usize) -> String {
        match &self.points[point] {
            Ok(controlled) => controlled.estimate().to_string(),
            Err(_) => "–".to_owned(),
        }
    }

    /// Writes a table of points: the plain mean, the estimate, the ratio of variances.
    ///
    /// # Errors
    /// What writing to `out` returns.
    pub(super) fn table(&self, out: &mut dyn Write, study: &Study, width: usize) -> io::Result<()> {
        let name = plain(&study.summary.measures[self.measure].name);
        let column = |head: String, cell: &dyn Fn(usize) -> String| Column {
            head,
            cells: (0..self.points.len()).map(cell).collect(),
            left: true,
        };
        let ratio = |point: usize| match &self.points[point] {
            Ok(controlled) => number(controlled.variance_ratio, 3),
            Err(error) => plain(&error.to_string()),
        };
        let columns = [
            column(name.clone(), &|at| {
                plain(&study.summary.points[at].measures[self.measure].text)
            }),
            column(format!("{name}, controlled"), &|at| self.text(at)),
            column("variance ratio".to_owned(), &ratio),
        ];
        blocks(out, &points(study), &columns, self.points.len(), width)
    }
}
