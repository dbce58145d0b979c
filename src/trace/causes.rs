//! How an event came about.

use super::entry::Entry;
use super::error::TraceError;
use super::file::TraceFile;
use std::io::{Read, Seek};

/// The events that led to an entry: the one in which it was sent or scheduled,
/// the one in which that was, and so on; the nearest first, `most` at most. The
/// chain ends with what came from outside, or where the trace knows no more.
///
/// Cost: one or two blocks for each.
///
/// # Errors
/// [`TraceError`] if a block cannot be read.
pub fn causes<R: Read + Seek>(
    trace: &mut TraceFile<R>,
    entry: &Entry,
    most: usize,
) -> Result<Vec<Entry>, TraceError> {
    let mut chain = Vec::new();
    let (mut event, mut cause) = (entry.event, entry.cause);
    // What is told while an event goes on (a loss) is caused by that event.
    if cause == event {
        event = event.saturating_add(1);
    }
    // Causes lie before: a file that says otherwise leads nowhere.
    while chain.len() < most && cause > 0 && cause < event {
        let Some((_, found)) = trace.find_event(cause)? else { break };
        (event, cause) = (found.event, found.cause);
        chain.push(found);
    }
    Ok(chain)
}
