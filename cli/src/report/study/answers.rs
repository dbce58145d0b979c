//! What is asked of a study, and its answers: each is a sentence, and a table.

use super::best::check_count;
use super::{ControlledPoints, GoalVerdicts, Ranking, Rows, Study, Verdicts, place_of};
use flagfall::experiment::{Column, Goal, KnownMean, Row, Selected};
use flagfall::statistics::Best;
use serde_json::Value;
use std::io::{self, Write};

/// What is asked of a study. It decides no row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Questions {
    /// Whether points reach these goals.
    pub goals: Vec<Goal>,
    /// Which point is the best, by that measure.
    pub best: Option<(Best, String)>,
    /// The mean of which measure is estimated with the help of others, whose true means are known.
    pub controlled: Option<(String, Vec<KnownMean>)>,
}

/// The answers of a study.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answers {
    /// Whether points reach goals, if there are any.
    pub verdicts: Option<Verdicts>,
    /// Which points can be the best, if that is asked.
    pub ranking: Option<Ranking>,
    /// The estimates by control variates, if there are controls.
    pub controlled: Option<ControlledPoints>,
}

impl Questions {
    /// Whether the rows are needed for the answers, besides the summary.
    #[must_use]
    pub const fn need_rows(&self) -> bool {
        self.best.is_some() || self.controlled.is_some()
    }

    /// Checks by the measures of a run that there is what is asked about.
    ///
    /// # Errors
    /// What is not there, in words.
    pub fn check(&self, columns: &[Column]) -> Result<(), String> {
        let find = |name: &str| place_of(columns, name).map(|at| &columns[at]);
        for goal in &self.goals {
            let told = |error: String| format!("--goal '{goal}': {error}");
            let column = find(&goal.measure).map_err(told)?;
            goal.threshold(&column.unit).map_err(|error| told(error.to_string()))?;
        }
        let best = self.best.as_ref().map(|(_, measure)| find(measure));
        best.transpose().map(drop).map_err(|error| format!("--of: {error}"))
    }

    /// Checks that the questions can be asked of that many points.
    ///
    /// # Errors
    /// What there are too many or too few of, in words.
    pub fn check_points(&self, points: usize) -> Result<(), String> {
        self.best.as_ref().map_or(Ok(()), |_| check_count(points, "points"))
    }
}

/// The ranking of the points of a study, and which was chosen.
fn ranked(study: &Study, best: Best, name: &str) -> Result<Ranking, String> {
    let measure = place_of(&study.summary.measures, name);
    let measure = measure.map_err(|error| format!("--best: {error}"))?;
    let mut ranking = Ranking::of(study, best, measure);
    let asked = study.manifest.selection.as_ref();
    if let Some(asked) = asked.filter(|asked| asked.best == best && asked.of == name) {
        let judged = asked.selection().judge_values(&study.rows.by_point(study, measure));
        ranking.chosen = Some(match judged {
            Ok(Selected::Point(point)) => Some(point),
            _ => None,
        });
    }
    Ok(ranking)
}

impl Rows {
    /// Those of a study, as they were made.
    #[must_use]
    pub fn of(rows: &[Row], measures: usize) -> Self {
        let mut all = Self { values: vec![Vec::new(); measures], ..Self::default() };
        for Row { point, replication, outcome } in rows {
            all.point.push(*point);
            all.replication.push(*replication);
            for (at, values) in all.values.iter_mut().enumerate() {
                values.push(outcome.as_ref().ok().and_then(|of| *of.values.get(at)?));
            }
        }
        all
    }

    /// The values of a measure at each point, by replication; of antithetic pairs, their means.
    pub(super) fn by_point(&self, study: &Study, measure: usize) -> Vec<Vec<Option<f64>>> {
        let mut values: Vec<Vec<Option<f64>>> = vec![Vec::new(); study.summary.points.len()];
        let Some(column) = self.values.get(measure) else { return values };
        // Rows come in their order, and none is left out.
        for (point, value) in self.point.iter().zip(column) {
            values[*point].push(*value);
        }
        if study.manifest.antithetic {
            let mean = |pair: &[Option<f64>]| Some(pair[0]? / 2.0 + (*pair.get(1)?)? / 2.0);
            return values.iter().map(|of| of.chunks(2).map(mean).collect()).collect();
        }
        values
    }
}

impl Answers {
    /// The answers to questions, by the summary of a study and, for the best, by its rows.
    ///
    /// # Errors
    /// What cannot be answered, in words.
    pub fn of(study: &Study, questions: &Questions) -> Result<Self, String> {
        if study.summary.measures.is_empty() {
            // All replications failed.
            return Ok(Self::default());
        }
        questions.check_points(study.summary.points.len())?;
        questions.check(&study.summary.measures)?;
        let verdicts = Verdicts::of(study, &questions.goals);
        let verdicts = verdicts.map_err(|error| format!("--goal: {error}"))?;
        let ranking = questions.best.as_ref().map(|(best, name)| ranked(study, *best, name));
        let controlled = questions.controlled.as_ref();
        let controlled =
            controlled.map(|(measure, known)| ControlledPoints::of(study, measure, known));
        let controlled = controlled.transpose().map_err(|error| format!("--control: {error}"))?;
        Ok(Self { verdicts, ranking: ranking.transpose()?, controlled })
    }

    /// The goals with their answers.
    pub fn goals(&self) -> impl Iterator<Item = &GoalVerdicts> {
        self.verdicts.iter().flat_map(|verdicts| &verdicts.goals)
    }

    /// The measure that is asked about first.
    #[must_use]
    pub fn measure(&self) -> Option<usize> {
        let of_goal = self.goals().next().map(|goal| goal.measure);
        of_goal.or(self.ranking.as_ref().map(|ranking| ranking.measure))
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.verdicts.is_none() && self.ranking.is_none() && self.controlled.is_none()
    }

    /// The sentences, one for each kind of question.
    #[must_use]
    pub fn sentences(&self, study: &Study) -> Vec<String> {
        let verdicts = self.verdicts.iter().map(|verdicts| verdicts.sentence(study));
        let ranking = self.ranking.iter().map(|ranking| ranking.sentence(study));
        let controlled = self.controlled.iter().map(|controlled| controlled.sentence(study));
        verdicts.chain(ranking).chain(controlled).collect()
    }

    /// Writes the sentences, then a table for each kind of question; that of goals is left out if
    /// there is a single answer.
    ///
    /// # Errors
    /// What writing to `out` returns.
    pub fn write(&self, out: &mut dyn Write, study: &Study, width: usize) -> io::Result<()> {
        for sentence in self.sentences(study) {
            writeln!(out, "{}", super::table::plain(&sentence))?;
        }
        if let Some(verdicts) = &self.verdicts {
            if study.summary.points.len() * verdicts.goals.len() > 1 {
                writeln!(out)?;
                verdicts.table(out, study, width)?;
            }
        }
        if let Some(ranking) = &self.ranking {
            writeln!(out)?;
            ranking.table(out, study, width)?;
        }
        if let Some(controlled) = &self.controlled {
            writeln!(out)?;
            controlled.table(out, study, width)?;
        }
        if self.is_empty() { Ok(()) } else { writeln!(out) }
    }

    /// The answers for a program: the sentences, the goals, the best.
    #[must_use]
    pub fn json(&self, study: &Study) -> [(&'static str, Option<Value>); 3] {
        let sentence = (!self.is_empty()).then(|| self.sentences(study).join(" ").into());
        let goals = self.verdicts.as_ref().map(|verdicts| verdicts.json(study));
        let best = self.ranking.as_ref().map(|ranking| ranking.json(study));
        [("answer", sentence), ("goals", goals), ("best", best)]
    }
}
