//! What rows come from: it stands in the log and in the file of checksums, so that the rows
//! of one study cannot pass for those of another.

use super::Manifest;
use super::error::{StudyError, StudyProblem};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;
use twox_hash::XxHash3_64;

/// All that decides rows. Two studies of one origin have the same rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Origin {
    /// The format of the folder.
    format: u32,
    /// The version that ran it: another one may have other rows.
    flagfall: String,
    /// The hash of the study: model, scenarios, grid, seed, replications, level.
    study: String,
    /// Limits decide which runs fail.
    limits: BTreeMap<String, String>,
}

impl Origin {
    pub(super) fn of(manifest: &Manifest) -> Self {
        Self {
            format: manifest.format,
            flagfall: manifest.flagfall.clone(),
            study: manifest.study.clone(),
            limits: manifest.limits(),
        }
    }

    /// Checks that rows from `self`, which are in the file at `path`, belong to the study of
    /// that origin. If only what finished is kept (`finished_only`), limits do not matter.
    ///
    /// # Errors
    /// [`StudyProblem::Foreign`] with what differs.
    pub(super) fn check(
        &self,
        path: &Path,
        study: &Self,
        finished_only: bool,
    ) -> Result<(), StudyError> {
        let only_limits = Self { limits: study.limits.clone(), ..self.clone() } == *study;
        if self == study || only_limits && finished_only {
            return Ok(());
        }
        Err(StudyProblem::Foreign(self.differs(study)).at(path))
    }

    /// How it differs from that of a study, in words.
    pub(super) fn differs(&self, study: &Self) -> String {
        if self.study != study.study {
            return format!("study {}, and this one is {}", self.study, study.study);
        }
        if (self.format, &self.flagfall) != (study.format, &study.flagfall) {
            return format!(
                "flagfall {} (format {}), and this one is of {} (format {})",
                self.flagfall, self.format, study.flagfall, study.format
            );
        }
        format!("the same study under other limits: {:?}, and here {:?}", self.limits, study.limits)
    }

    /// 16 hexadecimal digits (XXH3): a name for all that decides the rows.
    pub(super) fn hash(&self) -> String {
        format!("{:016x}", XxHash3_64::oneshot(self.text().as_bytes()))
    }

    /// The same as a text without spaces at its ends and without line ends.
    pub(super) fn text(&self) -> String {
        serde_json::to_string(self).expect("memory takes it, and keys are texts")
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}
