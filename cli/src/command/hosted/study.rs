//! Finished studies, for a host.

use super::NoResult;
use super::host::Host;
use crate::command::report::read_summary;
use std::path::Path;

impl Host<'_> {
    /// Checks that a folder has a finished study, and that its files are as they were written. It
    /// reads all files once, and keeps none of their rows.
    ///
    /// # Errors
    /// [`NoResult::Failed`], as the command `report` tells of it.
    pub fn check_study(&self, folder: &Path) -> Result<(), NoResult> {
        read_summary(self.program, folder, false)?;
        Ok(())
    }
}
