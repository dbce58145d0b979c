//! Locks of folders and of shards.

use super::error::{StudyError, StudyProblem};
use crate::disk;
use fs4::FileExt;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// The lock of a folder. Others may have the file open, too, if this process was forked: only the
/// one that locked it gives it free, and does not wait for them to close it.
#[derive(Debug)]
pub(super) struct Lock(pub(super) File);

impl Drop for Lock {
    fn drop(&mut self) {
        // It is closed next: nothing else can be done.
        let _ = FileExt::unlock(&self.0);
    }
}

/// Locks the file `name` of the folder `path`, which an error is about. The file stays when the
/// lock is gone: removing it could remove the lock of another process.
pub(super) fn lock(path: &Path, name: &Path) -> Result<Lock, StudyError> {
    // Open for reading, too: otherwise a pipe of that name would block.
    let file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(name);
    let file = file.and_then(disk::regular).map_err(StudyError::io(name, "write"))?;
    match FileExt::try_lock(&file) {
        Ok(()) => Ok(Lock(file)),
        Err(fs4::TryLockError::WouldBlock) => Err(StudyProblem::Locked.at(path)),
        Err(fs4::TryLockError::Error(error)) => Err(StudyError::io(name, "lock")(error)),
    }
}

/// As [`lock`], but goes on without a lock where the file system has none.
pub(super) fn lock_if_there_are_locks(path: &Path, name: &Path) -> Result<Lock, StudyError> {
    match lock(path, name) {
        Err(StudyError { problem: StudyProblem::Io("lock", error), .. })
            if error.kind() == io::ErrorKind::Unsupported =>
        {
            let file = OpenOptions::new().read(true).write(true).open(name);
            file.map(Lock).map_err(StudyError::io(name, "write"))
        }
        locked => locked,
    }
}
