//! The rows of a finished study as a table of Arrow.

use super::NoResult;
use super::host::Host;
use crate::command::talk::{Failure, shell_line};
use crate::study::batches;
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use std::path::Path;

impl Host<'_> {
    /// The rows of the finished study in a folder, as columns that others read without a copy:
    /// those of `rows.parquet`, but levels that are spans are durations. Each field of a measure
    /// has its unit in its metadata.
    ///
    /// Rows are read from the disk as they are asked for: 65,536 are in memory at a time, and
    /// those that the reader keeps.
    ///
    /// # Errors
    /// [`NoResult::Failed`]: there is no study, it is not finished, or files were changed. If a
    /// file is changed later, the stream ends with an error.
    pub fn table(&self, folder: &Path) -> Result<FFI_ArrowArrayStream, NoResult> {
        let name = self.program.name.clone();
        let shell = move |words: Vec<String>| shell_line(&name, words);
        let batches = batches(folder, Box::new(shell)).map_err(Failure::from)?;
        Ok(FFI_ArrowArrayStream::new(batches))
    }
}
