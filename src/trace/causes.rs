//! The chain of causes of an event.

use super::entry::Entry;
use super::error::TraceError;
use super::file::TraceFile;
use std::io::{Read, Seek};

/// The chain of causes of an entry: the event that sent or scheduled it, the cause of that
/// event, and so on. The nearest comes first, and there are at most `most`. The chain ends
/// at an event from outside, or at one that is not in the trace.
///
/// Cost: reads one or two blocks for each.
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
    // A record made during an event (such as a loss) is caused by that same event.
    if cause == event {
        event = event.saturating_add(1);
    }
    // A cause comes before its effect; in another file the chain ends.
    while chain.len() < most && cause > 0 && cause < event {
        let Some((_, found)) = trace.find_event(cause)? else { break };
        (event, cause) = (found.event, found.cause);
        chain.push(found);
    }
    Ok(chain)
}
