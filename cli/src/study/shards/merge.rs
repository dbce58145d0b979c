//! Puts the rows of shards together, in their order: the files of the study are written as one
//! machine would have written them.

use super::super::error::{StudyError, StudyProblem};
use super::super::names::{LOG, MANIFEST};
use super::super::origin::Origin;
use super::super::output::{self, Of, Output};
use super::super::rows::Replay;
use super::super::{Folder, Manifest, Summary};
use super::plan::Plan;
use super::reader::ShardRows;
use super::{Part, ShardFile, Shards};
use crate::words::shown;
use flagfall::experiment::{Column, ExperimentError, Replications, Row, Stopping, Stored, Want};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// So many bytes of all files together are in memory, unless a line is longer.
const MEMORY: usize = 64 << 20;

/// What became of a study whose shards were put together.
#[derive(Debug)]
pub enum Merged {
    /// Its files are in their places.
    Complete(Summary),
    /// Rows are missing. The folder is as it was.
    Short(Folder, Short),
}

/// What is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Short {
    /// In which round.
    pub round: u64,
    /// The parts that are missing; none if all are there that the round was to have, and it is the
    /// next one that is to be run.
    pub parts: Vec<Part>,
    /// How many replications the round runs, at how many points.
    pub planned: (u64, usize),
}

/// Why not all rows were written.
enum Stopped {
    Failed(StudyError),
    /// Rows are missing: how many replications of each point are there up to the first missing
    /// one, and how many more are expected to be needed.
    Short(Vec<Range<u64>>),
}

impl From<StudyError> for Stopped {
    fn from(error: StudyError) -> Self {
        Self::Failed(error)
    }
}

impl Shards {
    /// Checks that each file is of the study, and that all have the same columns, as have the rows
    /// that are `stored`.
    ///
    /// # Errors
    /// [`StudyProblem::Shards`] with the names of those that have not.
    pub fn check(&self, stored: &Stored) -> Result<(), StudyError> {
        let refused = |told: Vec<String>| Err(StudyProblem::Shards(told).at(&self.folder));
        if !self.foreign.is_empty() {
            let told =
                |found: &super::Doubtful| format!("{} is of {}", shown(&found.path), found.what);
            return refused(self.foreign.iter().map(told).collect());
        }
        // Rows that failed have no measures.
        let has_numbers = |shard: &&ShardFile| shard.rows().0 > shard.rows().1;
        let of_shards = self.done.iter().filter(has_numbers);
        let of_shards = of_shards.map(|shard| (&shard.path, &shard.whole.end.columns));
        let log = log_beside(&self.folder);
        let of_log =
            !stored.columns.is_empty() || stored.rows.iter().any(|row| row.outcome.is_ok());
        let mut all = of_log.then_some((&log, &stored.columns)).into_iter().chain(of_shards);
        let Some((first, columns)) = all.next() else { return Ok(()) };
        match all.find(|(_, other)| *other != columns) {
            None => Ok(()),
            Some((other, _)) => {
                let (one, other) = (shown(first), shown(other));
                let what = "have different measures: they were run by different programs";
                refused(vec![format!("{one} and {other} {what}")])
            }
        }
    }

    /// The measures, if any shard has a row with numbers.
    fn columns(&self) -> Vec<Column> {
        let columns = self.done.iter().map(|shard| &shard.whole.end.columns);
        columns.into_iter().find(|columns| !columns.is_empty()).cloned().unwrap_or_default()
    }

    fn rows(&self, points: usize) -> impl Iterator<Item = ShardRows> {
        let block = (MEMORY / self.done.len().max(1)).clamp(1 << 12, 1 << 18);
        self.done.iter().map(move |shard| ShardRows::new(&shard.path, &shard.whole, points, block))
    }

    /// All rows of all shards, in memory, besides those that are `stored`.
    ///
    /// # Errors
    /// [`StudyError`] if a file cannot be read, or was changed.
    pub fn load(&self, points: usize, stored: &mut Stored) -> Result<(), StudyError> {
        let mut sources = Sources::new(self, points, stored)?;
        let mut rows = Vec::new();
        while let Some(row) = sources.next()? {
            rows.push(row);
        }
        stored.rows = rows;
        if stored.columns.is_empty() {
            stored.columns = self.columns();
        }
        Ok(())
    }

    /// Makes the files of the study in `folder` from the rows of shards, and those that are
    /// `stored`. `taken` is called now and then with the number of rows since the last time.
    ///
    /// Memory: 64 MB for the files (4 KB for each, if there are more than 16,000), some batches of
    /// 65,536 rows, and what the writers need; it does not grow with the number of rows.
    ///
    /// # Errors
    /// [`StudyError`]. Nothing in the folder is changed then.
    pub fn merge(
        &self,
        folder: Folder,
        manifest: &Manifest,
        (replications, stored): (&Replications, &Stored),
        replay: Replay<'_>,
        taken: &mut dyn FnMut(u64),
    ) -> Result<Merged, StudyError> {
        let short = |(round, parts)| {
            let planned =
                (self.planned(), self.plan.ranges.iter().filter(|range| !range.is_empty()).count());
            Short { round, parts, planned }
        };
        self.check(stored)?;
        let missing = self.missing().map(short);
        if let (Some(missing), true) = (&missing, stored.rows.is_empty()) {
            return Ok(Merged::Short(folder, missing.clone()));
        }
        let columns = match stored.columns.is_empty() {
            true => self.columns(),
            false => stored.columns.clone(),
        };
        let points = manifest.points.len();
        let path = folder.path().to_owned();
        let written = output::write(&path, Of { manifest, columns: &columns, replay }, |output| {
            let mut sources = Sources::new(self, points, stored)?;
            fill(output, &path, &mut sources, (points, &columns, replications), taken)
        });
        match (written, missing) {
            (Ok(((), written)), _) => Ok(Merged::Complete(folder.place(manifest, written)?)),
            (Err(Stopped::Failed(error)), _) => Err(error),
            (Err(Stopped::Short(_)), Some(missing)) => Ok(Merged::Short(folder, missing)),
            (Err(Stopped::Short(ranges)), None) => {
                let plan = Plan { round: self.plan.round + 1, ranges };
                plan.write(&path, &Origin::of(manifest))?;
                let open = plan.ranges.iter().filter(|range| !range.is_empty());
                let count = open.clone().map(|range| range.end - range.start).sum();
                let planned = (count, open.count());
                Ok(Merged::Short(folder, Short { round: plan.round, parts: Vec::new(), planned }))
            }
        }
    }
}

/// Writes rows until each point has enough, by the same rule as where they are run.
fn fill(
    output: &mut Output<'_, '_>,
    path: &Path,
    sources: &mut Sources,
    (points, columns, replications): (usize, &[Column], &Replications),
    taken: &mut dyn FnMut(u64),
) -> Result<(), Stopped> {
    const EACH: u64 = 1 << 14;
    let mut stopping = Stopping::new(replications.clone());
    let mut ranges = Vec::with_capacity(points);
    let mut is_short = false;
    for point in 0..points {
        stopping.clear();
        let mut count = 0;
        let range = loop {
            let Some(row) = sources.take(point, count)? else {
                is_short = true;
                break Plan::next(count, stopping.expected(), stopping.most());
            };
            count += 1;
            let want =
                stopping.judge(columns, &row).map_err(|error: ExperimentError<StudyError>| {
                    StudyProblem::Damaged(error.to_string()).at(&path.join(MANIFEST))
                })?;
            if !is_short {
                output.row(path, row)?;
            }
            if count % EACH == 0 {
                taken(EACH);
            }
            if want == Want::Nothing {
                break count..count;
            }
        };
        taken(count % EACH);
        ranges.push(range);
    }
    if is_short { Err(Stopped::Short(ranges)) } else { Ok(()) }
}

/// The log of a study, whose shards are in that folder.
fn log_beside(shards: &Path) -> PathBuf {
    shards.with_file_name(LOG)
}

/// Rows that come from somewhere, in order.
enum Source {
    File(Box<ShardRows>),
    Memory(std::vec::IntoIter<Row>),
}

impl Source {
    fn next(&mut self) -> Result<Option<Row>, StudyError> {
        match self {
            Self::File(rows) => rows.next(),
            Self::Memory(rows) => Ok(rows.next()),
        }
    }
}

/// All sources, the one with the first row on top.
struct Sources {
    sources: Vec<(Source, Option<Row>)>,
    /// The folder of the shards.
    folder: PathBuf,
    heap: BinaryHeap<Reverse<(usize, u64, usize)>>,
}

impl Sources {
    fn new(shards: &Shards, points: usize, stored: &Stored) -> Result<Self, StudyError> {
        let mut rows = stored.rows.clone();
        rows.sort_by_key(|row| (row.point, row.replication));
        let files = shards.rows(points).map(|rows| Source::File(Box::new(rows)));
        let memory = std::iter::once(Source::Memory(rows.into_iter()));
        let sources: Vec<_> = files.chain(memory).map(|source| (source, None)).collect();
        let heap = BinaryHeap::with_capacity(sources.len());
        let mut new = Self { sources, folder: shards.folder.clone(), heap };
        (0..new.sources.len()).try_for_each(|source| new.advance(source))?;
        Ok(new)
    }

    fn name(&self, number: usize) -> String {
        match &self.sources[number].0 {
            Source::File(rows) => shown(&rows.path),
            Source::Memory(_) => shown(log_beside(&self.folder)),
        }
    }

    /// Reads the next row of a source.
    fn advance(&mut self, number: usize) -> Result<(), StudyError> {
        let (source, head) = &mut self.sources[number];
        *head = source.next()?;
        if let Some(row) = head {
            self.heap.push(Reverse((row.point, row.replication, number)));
        }
        Ok(())
    }

    /// The next row of all. Those of other sources that are of the same replication are to be
    /// equal, and count once.
    fn next(&mut self) -> Result<Option<Row>, StudyError> {
        let Some(Reverse((point, replication, number))) = self.heap.pop() else { return Ok(None) };
        let row = self.sources[number].1.take().expect("it is in the heap");
        self.advance(number)?;
        while let Some(Reverse((other_point, other_replication, other))) = self.heap.peek().copied()
        {
            if (other_point, other_replication) != (point, replication) {
                break;
            }
            self.heap.pop();
            if self.sources[other].1.take().as_ref() != Some(&row) {
                let [one, other] = [number, other].map(|number| self.name(number));
                let told = format!(
                    "replication {replication} of point {point} is not the same in {one} and in \
                     {other}: one of them was run by another program, or the model does not \
                     depend on its seed alone"
                );
                return Err(StudyProblem::Shards(vec![told]).at(&self.folder));
            }
            self.advance(other)?;
        }
        Ok(Some(row))
    }

    /// The row of that replication, if there is one. Rows before it are dropped.
    fn take(&mut self, point: usize, replication: u64) -> Result<Option<Row>, StudyError> {
        loop {
            match self.heap.peek() {
                Some(Reverse((at, of, _))) if (*at, *of) < (point, replication) => {
                    self.next()?;
                }
                Some(Reverse((at, of, _))) if (*at, *of) == (point, replication) => {
                    return self.next();
                }
                _ => return Ok(None),
            }
        }
    }
}
