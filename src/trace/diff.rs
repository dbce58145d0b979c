//! The first difference of two traces.

use super::BLOCK;
use super::entry::{Entry, Field};
use super::error::TraceError;
use super::file::{TraceFile, first};
use super::frame::Chain;
use std::io::{Read, Seek};

/// The first difference of two traces.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// How many entries are equal before it.
    pub place: u64,
    /// The entry of the first trace; `None` if that has ended.
    pub left: Option<Entry>,
    /// The entry of the second trace; `None` if that has ended.
    pub right: Option<Entry>,
    /// The fields that differ, the most important first; empty if one trace has ended.
    pub fields: Vec<Field>,
}

impl Difference {
    /// The first difference of two blocks that begin at the place `start`.
    pub(super) fn of_blocks(
        start: u64,
        left: &[Entry],
        right: &[Entry],
        draws: bool,
    ) -> Option<Self> {
        let fields = |left: &Entry, right: &Entry| {
            let mut fields = left.differences(right);
            fields.retain(|field| draws || *field != Field::Draws);
            fields
        };
        let common = left.iter().zip(right);
        let within = common.clone().position(|(left, right)| !fields(left, right).is_empty());
        let within = within.unwrap_or(left.len().min(right.len()));
        let (left, right) = (left.get(within), right.get(within));
        let fields = match (left, right) {
            (None, None) => return None,
            (Some(left), Some(right)) => fields(left, right),
            _ => Vec::new(),
        };
        let place = start + within as u64;
        Some(Self { place, left: left.cloned(), right: right.cloned(), fields })
    }
}

/// Whether two traces are equal up to a block with these chains.
pub(super) fn agree(left: Chain, right: Chain, draws: bool) -> bool {
    left.happened == right.happened && (!draws || left.drawn == right.drawn)
}

/// The first difference of two traces; `None` if all records are equal. Then the runs are
/// equal if both traces are [complete](TraceFile::is_complete).
///
/// Draws are compared if both traces have them. Of an unfinished trace, the part that can be
/// read is compared. If one trace ends first, its entry in the difference is `None`.
///
/// Cost: reads O(log blocks) rows of the index and one block of each trace.
///
/// # Errors
/// [`TraceError`] if a file cannot be read, or is damaged at its end or where it is
/// read. Other blocks are not checked; [`TraceFile::check`] checks all.
///
/// # Examples
/// ```
/// use flagfall::trace::{Header, TraceFile, TraceWriter, first_difference};
/// use flagfall::{Config, Record, Simulation, Span};
/// use std::{cell::RefCell, io::Cursor, rc::Rc};
///
/// let trace = |seed| {
///     let out = Cursor::new(Vec::new());
///     let writer = TraceWriter::new(out, &Header::new(["run", "walk"])).unwrap();
///     let writer = Rc::new(RefCell::new(Some(writer)));
///     let mut simulation = Simulation::new(Config::new(seed));
///     let observer = Rc::clone(&writer);
///     simulation.observe(move |record: &Record<'_>| {
///         observer.borrow_mut().as_mut().unwrap().record(record).unwrap();
///     });
///     simulation.process("walker", async |p| {
///         p.sleep(p.stream("pause").exponential(Span::from_mins(1))).await;
///     });
///     simulation.run().unwrap();
///     let written = writer.take().unwrap().finish(simulation.digest()).unwrap();
///     TraceFile::open(written).unwrap()
/// };
/// assert!(first_difference(&mut trace(42), &mut trace(42))?.is_none());
/// let difference = first_difference(&mut trace(42), &mut trace(43))?.expect("another pause");
/// assert_ne!(difference.left, difference.right);
/// # Ok::<(), flagfall::trace::TraceError>(())
/// ```
pub fn first_difference<R: Read + Seek, S: Read + Seek>(
    left: &mut TraceFile<R>,
    right: &mut TraceFile<S>,
) -> Result<Option<Difference>, TraceError> {
    if let Some(damage) = left.state().damage().or(right.state().damage()) {
        return Err(damage);
    }
    let draws = left.header().draws && right.header().draws;
    let common = left.totals().blocks.min(right.totals().blocks);
    // If two chains differ, all later ones differ, too.
    let from = first(common, |at| Ok(!agree(left.chain(at)?, right.chain(at)?, draws)))?;
    let start = from * BLOCK as u64;
    if from < common {
        let found = Difference::of_blocks(start, left.block(from)?, right.block(from)?, draws);
        // Equal contents have equal chains.
        let at = left.row(from)?.offset;
        return found.map(Some).ok_or_else(|| TraceError::damaged(at, "the chain of a block"));
    }
    Ok(match (left.entry(start)?, right.entry(start)?) {
        (None, None) => None,
        (left, right) => Some(Difference { place: start, left, right, fields: Vec::new() }),
    })
}
