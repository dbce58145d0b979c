//! Whether the points of a study reach goals.

use super::table::{Column, blocks, plain, points};
use super::{Study, number, place_of};
use crate::study::{IntervalKind, MeasureSummary};
use crate::words::counted;
use flagfall::experiment::Goal;
use flagfall::statistics::{Answer, Estimate, Threshold};
use serde_json::{Value, json};
use std::io::{self, Write};

/// A sentence names at most this many points of an answer.
const MOST_NAMED: usize = 3;

/// Whether the points of a study reach some goals, by intervals that hold together.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdicts {
    /// The goals, in order.
    pub goals: Vec<GoalVerdicts>,
    /// The confidence level of all answers together.
    pub level: f64,
    /// The confidence level of each interval: that of all by Bonferroni's inequality.
    pub each: f64,
}

/// Whether the points of a study reach a goal.
#[derive(Clone, Debug, PartialEq)]
pub struct GoalVerdicts {
    /// The goal.
    pub goal: Goal,
    /// The number of its measure.
    pub measure: usize,
    /// Its limit in the unit of the measure.
    pub threshold: Threshold,
    /// The points, in order.
    pub points: Vec<Verdict>,
}

/// What an undecided point lacks, from the least on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Lack {
    /// About so many replications would decide it.
    Replications(u64),
    /// No number of them in reach would.
    Reach,
    /// There is one value only.
    Second,
    /// There is no value.
    First,
}

/// Whether a point reaches a goal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Verdict {
    /// The answer.
    pub answer: Answer,
    /// Mean and interval, if there is a value.
    pub estimate: Option<Estimate>,
    /// About how many replications in all would decide it, where it is undecided.
    pub needed: Option<u64>,
}

impl Verdicts {
    /// The answers for a study, at its level. There are none without a goal.
    ///
    /// # Errors
    /// Which goal is of no measure, or has a limit of another unit, in words.
    pub fn of(study: &Study, goals: &[Goal]) -> Result<Option<Self>, String> {
        let summary = &study.summary;
        let level = study.manifest.level;
        let answers = goals.len() * summary.points.len();
        if answers == 0 {
            return Ok(None);
        }
        let each = 1.0 - (1.0 - level) / answers as f64;
        let of_goal = |goal: &Goal| {
            let measure = place_of(&summary.measures, &goal.measure)?;
            let unit = &summary.measures[measure].unit;
            let threshold = goal.threshold(unit).map_err(|error| error.to_string())?;
            let points = summary.points.iter().map(|point| {
                Verdict::of(&point.measures[measure], point.replications, threshold, each)
            });
            Ok(GoalVerdicts { goal: goal.clone(), measure, threshold, points: points.collect() })
        };
        let goals = goals.iter().map(of_goal).collect::<Result<_, String>>()?;
        Ok(Some(Self { goals, level, each }))
    }

    /// Whether a point reaches all goals.
    fn answer(&self, point: usize) -> Answer {
        let mut answers = self.goals.iter().map(|goal| goal.points[point].answer);
        if answers.clone().any(|answer| answer == Answer::No) {
            return Answer::No;
        }
        let all = answers.all(|answer| answer == Answer::Yes);
        if all { Answer::Yes } else { Answer::Undecided }
    }

    /// What a point lacks most, if it is undecided.
    fn lacks(&self, point: usize) -> Option<Lack> {
        let of_goals = self.goals.iter().map(|goal| goal.points[point]);
        of_goals.filter_map(|verdict| verdict.lacks()).max()
    }

    /// What would decide the points that are undecided, or why nothing is known of them.
    fn lacking(&self, study: &Study, open: &[usize]) -> String {
        let lacks: Vec<(usize, Lack)> =
            open.iter().filter_map(|point| Some((*point, self.lacks(*point)?))).collect();
        let with = |wanted: fn(&Lack) -> bool| -> Vec<usize> {
            let found = lacks.iter().filter(|(_, lack)| wanted(lack));
            found.map(|(point, _)| *point).collect()
        };
        let needed = lacks.iter().filter_map(|(_, lack)| match lack {
            Lack::Replications(needed) => Some(*needed),
            _ => None,
        });
        let near = with(|lack| matches!(lack, Lack::Replications(_)));
        let of_each = if near.len() > 1 { " of each" } else { "" };
        let about = rounded(needed.max().unwrap_or_default());
        let of = match &self.goals[..] {
            [goal] => format!(" of {}", goal.goal.measure),
            _ => String::new(),
        };
        let told = [
            (", which", format!("about {about} replications{of_each} would decide"), near),
            (
                ", which",
                "no number of replications in reach would decide".to_owned(),
                with(|lack| *lack == Lack::Reach),
            ),
            (", as", format!("there is one value{of} only"), with(|lack| *lack == Lack::Second)),
            (", as", format!("there is no value{of}"), with(|lack| *lack == Lack::First)),
        ];
        let told: Vec<_> = told.into_iter().filter(|(.., points)| !points.is_empty()).collect();
        match &told[..] {
            [] => String::new(),
            [(word, what, _)] => format!("{word} {what}"),
            several => {
                let each =
                    several.iter().map(|(_, what, at)| format!("{what}{}", named(study, at)));
                format!("; {}", listed(&each.collect::<Vec<_>>()))
            }
        }
    }

    /// The answer in one sentence.
    #[must_use]
    pub fn sentence(&self, study: &Study) -> String {
        let count = study.summary.points.len();
        let asked: Vec<String> = self.goals.iter().map(|of| of.goal.to_string()).collect();
        let with = |wanted: Answer| -> Vec<usize> {
            (0..count).filter(|point| self.answer(*point) == wanted).collect()
        };
        let open = with(Answer::Undecided);
        let told = [
            ("holds", "hold", with(Answer::Yes)),
            ("does not hold", "do not hold together", with(Answer::No)),
            ("is undecided", "are undecided", open.clone()),
        ];
        let told = told.into_iter().filter(|(.., points)| !points.is_empty());
        let told = told.map(|(one, several, points)| {
            let word = if asked.len() == 1 { one } else { several };
            format!("{word}{}", named(study, &points))
        });
        let mut text = format!("{} {}", asked.join(" and "), listed(&told.collect::<Vec<_>>()));
        text += &self.lacking(study, &open);
        let (level, each) = (number(self.level * 100.0, 4), number(self.each * 100.0, 5));
        let answers = count * self.goals.len();
        match answers {
            1 => format!("{text} ({level} %)."),
            _ => format!(
                "{text} ({level} % for all {answers} answers together: Bonferroni, {each} % each)."
            ),
        }
    }

    /// Writes a table of points and answers, no wider than `width` where that can be.
    ///
    /// # Errors
    /// What writing to `out` returns.
    pub fn table(&self, out: &mut dyn Write, study: &Study, width: usize) -> io::Result<()> {
        let column = |of: &GoalVerdicts| Column {
            head: plain(&of.goal.to_string()),
            cells: of.points.iter().map(|verdict| plain(&verdict.text())).collect(),
            left: true,
        };
        let columns: Vec<Column> = self.goals.iter().map(column).collect();
        blocks(out, &points(study), &columns, study.summary.points.len(), width)
    }

    /// The answers for a program.
    #[must_use]
    pub fn json(&self, study: &Study) -> Value {
        let point = |(at, verdict): (usize, &Verdict)| {
            let of = |get: fn(&Estimate) -> Option<f64>| verdict.estimate.as_ref().and_then(get);
            json!({
                "point": at,
                "answer": word(verdict.answer),
                "low": of(Estimate::low),
                "high": of(Estimate::high),
                "replications_needed": verdict.needed,
            })
        };
        let goal = |of: &GoalVerdicts| {
            let column = &study.summary.measures[of.measure];
            json!({
                "goal": of.goal.to_string(),
                "measure": column.name,
                "unit": column.unit,
                "relation": of.threshold.relation.sign(),
                "limit": of.threshold.limit,
                "level": self.each,
                "points": of.points.iter().enumerate().map(point).collect::<Value>(),
            })
        };
        self.goals.iter().map(goal).collect()
    }
}

impl Verdict {
    fn of(of: &MeasureSummary, replications: u64, threshold: Threshold, level: f64) -> Self {
        let Some(estimate) = estimate(of, level) else {
            return Self { answer: Answer::Undecided, estimate: None, needed: None };
        };
        let answer = threshold.answer(&estimate);
        let needed = threshold.replications_needed(&estimate).ok();
        // Not all replications have a value, and the values may be means of pairs.
        let scaled = needed.map(|needed| {
            let scaled = u128::from(needed) * u128::from(replications.max(1));
            let scaled = scaled.div_ceil(u128::from(of.scatter().0.max(1)));
            u64::try_from(scaled).unwrap_or(u64::MAX)
        });
        Self {
            answer,
            estimate: Some(estimate),
            needed: scaled.filter(|_| answer == Answer::Undecided),
        }
    }

    /// What it lacks, if it is undecided.
    fn lacks(&self) -> Option<Lack> {
        let lack = match (self.needed, &self.estimate) {
            (Some(needed), _) => Lack::Replications(needed),
            (None, None) => Lack::First,
            (None, Some(estimate)) if estimate.count < 2 => Lack::Second,
            (None, Some(_)) => Lack::Reach,
        };
        (self.answer == Answer::Undecided).then_some(lack)
    }

    /// The answer as a cell shows it.
    #[must_use]
    pub fn text(&self) -> String {
        let answer = word(self.answer);
        match self.lacks() {
            Some(Lack::Replications(needed)) => {
                format!("{answer}: about {} replications", rounded(needed))
            }
            Some(Lack::Second) => format!("{answer}: one value only"),
            Some(Lack::First) => format!("{answer}: no value"),
            Some(Lack::Reach) | None => answer.to_owned(),
        }
    }
}

/// Mean and interval of a measure at another level than that of the study.
fn estimate(of: &MeasureSummary, level: f64) -> Option<Estimate> {
    let mean = of.mean?;
    let (count, deviation) = of.scatter();
    let variance = deviation.map_or(0.0, |deviation| deviation * deviation);
    match of.interval {
        IntervalKind::ClopperPearson => {
            let yes = libm::rint(mean * count as f64) as u64;
            Estimate::of_yes_no(yes, count, level).ok()
        }
        _ => Estimate::from_moments(count, mean, variance, level).ok(),
    }
}

pub(super) fn word(answer: Answer) -> &'static str {
    match answer {
        Answer::Yes => "yes",
        Answer::No => "no",
        Answer::Undecided => "undecided",
    }
}

/// A number that is an estimate: two digits of it, not less.
fn rounded(count: u64) -> u64 {
    let mut step = 1;
    while count / step >= 100 {
        step *= 10;
    }
    count.div_ceil(step).saturating_mul(step)
}

/// At which points, in words: nothing if there is one only.
fn named(study: &Study, points: &[usize]) -> String {
    let all = study.summary.points.len();
    match points.len() {
        _ if all == 1 => String::new(),
        some if some == all => format!(" at all {}", counted(all, "point")),
        some if some > MOST_NAMED => format!(" at {some} of {}", counted(all, "point")),
        _ => {
            let names: Vec<String> = points.iter().map(|point| study.name_of(*point)).collect();
            format!(" at {}", listed(&names))
        }
    }
}

/// `a`, `a and b`, `a, b and c`; with semicolons if there are commas within.
pub(super) fn listed(names: &[String]) -> String {
    let comma = if names.iter().any(|name| name.contains(',')) { "; " } else { ", " };
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [before @ .., last] => format!("{} and {last}", before.join(comma)),
    }
}
