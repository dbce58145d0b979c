//! The rows of a finished study as a table of Arrow.

use super::NoResult;
use super::host::Host;
use crate::command::talk::Failure;
use crate::study::{Folder, batches};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use std::path::Path;

impl Host<'_> {
    /// The rows of the finished study in a folder, as columns that others read without a copy:
    /// those of `rows.parquet`, but levels that are spans are durations. Each field of a measure
    /// has its unit in its metadata.
    ///
    /// # Errors
    /// [`NoResult::Failed`]: there is no study, it is not finished, or files were changed.
    pub fn table(&self, folder: &Path) -> Result<FFI_ArrowArrayStream, NoResult> {
        let (manifest, stored, _) = Folder::read(folder).map_err(Failure::from)?;
        let shell = |words: Vec<String>| self.program.shell_line(words);
        let replay = |point: usize, replication: u64| manifest.again(point, replication, shell);
        let made = batches(&manifest, &stored, &replay);
        let made = made.map_err(|error| Failure::Bug(error.to_string()))?;
        Ok(FFI_ArrowArrayStream::new(made))
    }
}
