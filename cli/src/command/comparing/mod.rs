//! What is shown of a comparison: of runs that were just made, or of the rows in its folder.

mod best;
mod json;
mod text;

pub(crate) use best::comparison;
pub(crate) use text::Shown;

use super::talk::{Failure, print};
use crate::words::{counted, one_line};
use flagfall::experiment::Row;

impl Shown<'_> {
    /// Checks that there is something to show: not all replications failed, and the measures that
    /// are asked about are there.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        let Self { compared, asked, .. } = self;
        let known =
            || compared.measures.iter().map(|measure| measure.name.as_str()).collect::<Vec<_>>();
        if let (true, Some((replication, error))) = (known().is_empty(), compared.failed.first()) {
            return Err(Failure::Several(format!(
                "all {} failed; {}",
                counted(compared.replications, "replication"),
                self.first_failed(*replication, error)
            )));
        }
        match asked.of.iter().find(|name| compared.measure(name).is_none()) {
            Some(name) => {
                let known = known().join(", ");
                Err(Failure::Usage(format!("--of: there is no measure {name}; there are {known}")))
            }
            None => Ok(()),
        }
    }

    /// Prints it, as text or as JSON.
    pub(crate) fn print(&self, is_json: bool) -> Result<(), Failure> {
        print(|out| if is_json { json::write(out, self) } else { text::write(out, self) })
    }

    /// A failure if replications failed: the means are without them, and may be biased.
    pub(crate) fn failures(&self) -> Result<(), Failure> {
        let compared = self.compared;
        let Some((replication, error)) = compared.failed.first() else { return Ok(()) };
        let (failed, all) = (compared.failed.len(), compared.replications);
        Err(Failure::Several(format!(
            "{failed} of {} failed and are left out of all scenarios; the means may be biased if \
             failures are not random; {}",
            counted(all, "replication"),
            self.first_failed(*replication, error)
        )))
    }

    /// One replication that failed, and the command that repeats it.
    fn first_failed(&self, replication: u64, error: &str) -> String {
        let name = self
            .asked
            .failed(error)
            .map_or_else(String::new, |scenario| format!(" of {}", one_line(&scenario.name)));
        let row = Row { point: 0, replication, outcome: Err(error.to_owned()) };
        let again = (self.replay)(&row);
        format!("replication {replication}{name}: {}\nagain: {again}", one_line(error))
    }
}
