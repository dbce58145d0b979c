//! What of a text may reach a terminal: no model, file or user moves its cursor, colours it,
//! or turns the direction of what follows.

use crate::words::{is_harmful, written_out};
use std::borrow::Cow;
use std::io::{self, Write};

/// The text with all that is harmful written out, as `\u001b`. In a string of JSON that
/// says the same as before.
///
/// # Examples
/// ```
/// use flagfall_cli::report::plain;
///
/// assert_eq!(plain("Zoë\n"), "Zoë\n");
/// assert_eq!(plain("\u{1b}[31mred"), r"\u001b[31mred");
/// ```
#[must_use]
pub fn plain(text: &str) -> Cow<'_, str> {
    written_out(text, is_harmful)
}

/// A writer through which nothing harmful passes: what every text goes through on its way
/// to a terminal. Whole characters have to come at once, as all texts do.
#[derive(Debug)]
pub struct Plain<W>(pub W);

impl<W: Write> Write for Plain<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Where the first byte of something harmful may be: most texts have none.
        let suspect = |byte: &u8| {
            (*byte < 0x20 && !b"\n\t".contains(byte)) || matches!(*byte, 0x7f | 0xc2 | 0xd8 | 0xe2)
        };
        if bytes.iter().any(suspect) {
            self.0.write_all(plain(&String::from_utf8_lossy(bytes)).as_bytes())?;
        } else {
            self.0.write_all(bytes)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
