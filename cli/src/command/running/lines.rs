//! `--trace`: prints records when they happen.

use super::observed::observed;
use crate::command::talk::Failure;
use crate::report::Plain;
use crate::words::one_line;
use flagfall::Simulation;
use std::cell::RefCell;
use std::io::{self, BufWriter, Write};
use std::rc::Rc;

type Buffered = BufWriter<Box<dyn Write>>;

/// Prints each record on a line. With `--json`, they go to stderr.
#[derive(Clone)]
pub(crate) struct TraceLines {
    out: Rc<RefCell<Plain<Buffered>>>,
}

impl TraceLines {
    pub(crate) fn start(simulation: &mut Simulation, to_stderr: bool) -> Self {
        let out: Box<dyn Write> =
            if to_stderr { Box::new(io::stderr()) } else { Box::new(io::stdout()) };
        let out = Plain(BufWriter::with_capacity(1 << 16, out));
        let out = observed(simulation, out, |out, record| {
            if let Err(error) = writeln!(out, "{}", one_line(&record.to_string())) {
                Self::lose_reader(error);
            }
            true
        });
        Self { out }
    }

    /// Writes out what is in the buffer.
    pub(crate) fn show(&self) {
        if let Err(error) = self.out.borrow_mut().flush() {
            Self::lose_reader(error);
        }
    }

    /// Ends the process, because the output cannot be written any more.
    fn lose_reader(error: io::Error) -> ! {
        std::process::exit(Failure::from(error).tell("").into());
    }

    pub(crate) fn finish(self) -> Result<(), Failure> {
        Ok(self.out.borrow_mut().flush()?)
    }
}
