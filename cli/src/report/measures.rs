//! The measures of a run as text, one a line.

use crate::words::one_line;
use flagfall::measure::Measures;
use std::io::{self, Write};

/// The measures of a run, one a line.
///
/// # Errors
/// What writing to `out` returns.
pub fn measures(out: &mut dyn Write, measures: &Measures) -> io::Result<()> {
    let measures = measures.as_slice();
    let width =
        measures.iter().map(|measure| one_line(&measure.name).chars().count()).max().unwrap_or(0);
    for measure in measures {
        writeln!(out, "{:width$}  {}", one_line(&measure.name), one_line(&measure.amount()))?;
    }
    Ok(())
}
