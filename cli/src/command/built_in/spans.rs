//! Checks of spans.

use flagfall::time::Span;

/// A driver that never sleeps would poll for ever at one instant.
pub(super) fn nonzero(span: Span, option: &str) -> Result<(), String> {
    if span.is_zero() {
        return Err(format!("{option} is 0: write a span above 0, like 1s"));
    }
    Ok(())
}
