//! Puts shards together, and says which files were left out.

use super::Shown;
use crate::command::talk::{Failure, host_ends, talk};
use crate::study::{Folder, Merged, Shards};
use crate::words::{counted, shown};
use flagfall::experiment::Stored;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A study whose shards are put together.
pub(crate) struct Merging<'a> {
    pub(crate) shown: Shown<'a>,
}

/// Of more files than these, not all are named.
const MOST_NAMED: usize = 10;

impl Merging<'_> {
    /// Says which files do not count, and checks that all others are of the study.
    pub(crate) fn check(&self, shards: &Shards) -> Result<(), Failure> {
        self.tell(shards);
        // Rows outside of shards are checked when they are read.
        Ok(shards.check(&Stored::default())?)
    }

    /// Makes the files of the study, or says what is missing.
    pub(crate) fn merge(
        &self,
        shards: &Shards,
        folder: Folder,
        stored: &Stored,
    ) -> Result<Merged, Failure> {
        let bar = self.bar(shards.done.iter().map(|shard| shard.rows().0).sum());
        let Shown { manifest, replications, replay, .. } = self.shown;
        let mut taken = |rows| bar.inc(rows);
        let merged = shards.merge(folder, manifest, (replications, stored), replay, &mut taken);
        bar.finish_and_clear();
        Ok(merged?)
    }

    /// Notes which files do not count.
    fn tell(&self, shards: &Shards) {
        if !shards.torn.is_empty() {
            let named = shards.torn.iter().take(MOST_NAMED);
            let named = named.map(|torn| format!("{} ({})", shown(&torn.path), torn.what));
            let named: Vec<String> = named.collect();
            let count = counted(shards.torn.len(), "file");
            let more = if shards.torn.len() > MOST_NAMED { ", ..." } else { "" };
            talk(format_args!(
                "note: {count} torn, whose rows count as missing: {}{more}",
                named.join(", ")
            ));
        }
        if !shards.doubled.is_empty() && !self.shown.quiet {
            let named = shards.doubled.iter().take(MOST_NAMED).map(shown).collect::<Vec<_>>();
            let count = match shards.doubled.len() {
                1 => "1 file is a copy of another, and counts".to_owned(),
                count => format!("{count} files are copies of others, and count"),
            };
            let more = if shards.doubled.len() > MOST_NAMED { ", ..." } else { "" };
            talk(format_args!("note: {count} once: {}{more}", named.join(", ")));
        }
    }

    fn bar(&self, rows: u64) -> ProgressBar {
        if self.shown.quiet || host_ends().is_some() {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::with_draw_target(Some(rows), ProgressDrawTarget::stderr());
        let style = "{bar:30} {human_pos}/{human_len} rows put together, {eta} left";
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        bar
    }
}
