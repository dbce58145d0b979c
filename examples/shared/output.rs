//! Printing for examples: like `println!`, but a reader who has seen enough
//! (`| head -1`) ends the program quietly instead of with a panic.

use std::fmt;
use std::io::{ErrorKind, Write, stdout};
use std::process::exit;

pub(crate) fn line(text: fmt::Arguments<'_>) {
    match writeln!(stdout(), "{text}") {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::BrokenPipe => exit(0),
        Err(error) => {
            eprintln!("cannot print: {error}");
            exit(1);
        }
    }
}
