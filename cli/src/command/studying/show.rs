//! What is shown of a study that is complete.

use crate::command::comparing;
use crate::command::options::percent;
use crate::command::report::width;
use crate::command::talk::{Failure, print, talk};
use crate::report::study::{self, Answers, Questions};
use crate::study::{ComparisonEntry, Folder, Manifest, Replay, Summary};
use crate::words::{counted, one_line, shown};
use flagfall::experiment::{Replications, UntilPrecise};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// A study, and how it is shown.
#[derive(Clone, Copy)]
pub(crate) struct Shown<'a> {
    pub(crate) manifest: &'a Manifest,
    pub(crate) replications: &'a Replications,
    /// What is asked of the results.
    pub(crate) questions: &'a Questions,
    pub(crate) path: &'a Path,
    /// Whether only results and notes are printed.
    pub(crate) quiet: bool,
    /// Whether the summary is printed as JSON.
    pub(crate) json: bool,
    /// Gives the command that runs a failed replication again.
    pub(crate) replay: Replay<'a>,
}

impl Shown<'_> {
    /// Reports that a study is complete already.
    pub(crate) fn known(&self) -> Result<(), Failure> {
        let (summary, first) = Folder::summary(self.path)?;
        self.tell_cut_short(&summary);
        if !self.quiet {
            talk(format_args!(
                "{} has {} already: nothing was run",
                shown(self.path),
                match summary.replications() {
                    1 => "its 1 row".to_owned(),
                    rows => format!("all {rows} rows"),
                }
            ));
        }
        self.show(&summary, first.as_deref())
    }

    /// Reports that shards were put together.
    pub(crate) fn merged(&self, summary: &Summary) -> Result<(), Failure> {
        self.tell_cut_short(summary);
        if !self.quiet {
            self.tell(summary, "");
        }
        // The rows are on the disk alone.
        let first = if summary.failed() == 0 { None } else { Folder::summary(self.path)?.1 };
        self.show(summary, first.as_deref())
    }

    /// Says in one line what the study came to; `rate` has how fast, if that is known.
    pub(super) fn tell(&self, summary: &Summary, rate: &str) {
        let of = self.manifest.comparison.as_ref().map_or_else(
            || format!("at {}", counted(summary.points.len(), "point")),
            |compared| format!("of {} scenarios", compared.scenarios.len()),
        );
        talk(format_args!(
            "{}: {}, {} {of}, {} failed{rate}; study {} in {}",
            self.manifest.model,
            self.manifest.seeds(),
            counted(summary.replications(), "replication"),
            summary.failed(),
            self.manifest.study,
            shown(self.path),
        ));
    }

    /// Notes which points stopped at --most. Their precision may not be reached.
    pub(crate) fn tell_cut_short(&self, summary: &Summary) {
        let Replications::UntilPrecise(UntilPrecise { most, .. }) = self.replications else {
            return;
        };
        let cut = summary.points.iter().filter(|point| point.replications >= *most);
        let cut: Vec<String> = cut.map(|point| point.point.to_string()).collect();
        if !cut.is_empty() {
            let at = match self.manifest.comparison {
                None => format!(" at point {}", cut.join(", ")),
                Some(_) => String::new(),
            };
            talk(format_args!(
                "note: {} replications are the most (--most): the precision may not be reached{at}",
                most,
            ));
        }
    }

    /// Prints the summary as a table, as wide as the terminal at most.
    fn table(&self, summary: &Summary) -> Result<(), Failure> {
        let (mut study, answers) = self.study(summary)?;
        study.note_saved(answers.measure().unwrap_or_else(|| study.telling_measure()));
        let (model, size, level) =
            (&study.manifest.model, study.size(), percent(study.manifest.level));
        print(|out| {
            answers.write(out, &study, width())?;
            writeln!(out, "{model}: {size}, mean ± half-width of the {level} % interval\n")?;
            study::table(out, &study, width())?;
            study.notes.iter().try_for_each(|note| writeln!(out, "{note}"))
        })
    }

    /// The study, and the answers to what is asked of it.
    fn study(&self, summary: &Summary) -> Result<(study::Study, Answers), Failure> {
        let study = study::Study::new(self.manifest.clone(), summary.clone());
        let mut study = study.map_err(|what| Failure::Files(format!("summary.json: {what}")))?;
        if self.questions.need_rows() {
            let (_, stored, _) = Folder::read(self.path)?;
            study.rows = study::Rows::of(&stored.rows, stored.columns.len());
        }
        let answers = Answers::of(&study, self.questions).map_err(Failure::Usage)?;
        Ok((study, answers))
    }

    /// Prints the summary for a program, after the answers.
    fn json(&self, summary: &Summary) -> Result<(), Failure> {
        #[derive(Serialize)]
        struct Told<'a> {
            #[serde(flatten)]
            answers: BTreeMap<&'a str, Value>,
            #[serde(flatten)]
            summary: &'a Summary,
        }
        let (study, answers) = self.study(summary)?;
        let answers = answers.json(&study).into_iter();
        let answers: BTreeMap<_, _> =
            answers.filter_map(|(name, value)| Some((name, value?))).collect();
        print(|out| {
            match answers.is_empty() {
                true => serde_json::to_writer(&mut *out, summary)?,
                false => serde_json::to_writer(&mut *out, &Told { answers, summary })?,
            }
            out.write_all(b"\n")
        })
    }

    /// Prints a comparison from the rows in its folder.
    fn compared(&self, asked: &ComparisonEntry) -> Result<(), Failure> {
        let selection = self.manifest.selection.as_ref();
        let comparison = comparing::comparison(asked, selection).map_err(|error| {
            Failure::Files(format!(
                "{} is damaged: {error}",
                shown(self.path.join("manifest.json"))
            ))
        })?;
        let compared = Folder::compared(self.path, &comparison)?;
        let (comparison, compared, replay) = (&comparison, &compared, self.replay);
        let comparing = comparing::Shown { asked, comparison, selection, compared, replay };
        comparing.check()?;
        comparing.print(self.json)?;
        comparing.failures()
    }

    /// Prints the summary, or the comparison. If replications failed, that is the outcome, with the
    /// first error if there is one.
    pub(crate) fn show(&self, summary: &Summary, first: Option<&str>) -> Result<(), Failure> {
        if let Some(asked) = &self.manifest.comparison {
            return self.compared(asked);
        }
        if self.json {
            self.json(summary)?;
        } else {
            self.table(summary)?;
        }
        match summary.failed() {
            0 => Ok(()),
            failed => Err(Failure::Several(format!(
                "{failed} of {} failed: {} has their errors, and the {} that run them again{}",
                counted(summary.replications(), "replication"),
                shown(self.path.join("rows.csv")),
                if self.manifest.function { "calls" } else { "commands" },
                first.map_or_else(String::new, |error| format!("; the first: {}", one_line(error))),
            ))),
        }
    }
}
