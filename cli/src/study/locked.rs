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

/// Locks the file `name` of the folder `path`, which an error is about.
///
/// The file of a folder stays when the lock is gone: removing it could remove the lock of another
/// process. That of a shard is removed once the shard is done and in its place. Another process may
/// then lock the removed file, or a new one; both find the shard done, and write nothing.
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

/// The number of `ENOLCK`, of file systems on the network without a service for locks.
const NO_LOCKS: Option<i32> = match () {
    () if cfg!(any(target_os = "linux", target_os = "android")) => Some(37),
    () if cfg!(unix) => Some(77),
    () => None,
};

fn has_no_locks(error: &io::Error) -> bool {
    let is_number = NO_LOCKS.is_some() && error.raw_os_error() == NO_LOCKS;
    is_number || error.kind() == io::ErrorKind::Unsupported
}

/// As [`lock`], but goes on without a lock where the file system has none.
pub(super) fn lock_if_there_are_locks(path: &Path, name: &Path) -> Result<Lock, StudyError> {
    match lock(path, name) {
        Err(StudyError { problem: StudyProblem::Io("lock", error), .. })
            if has_no_locks(&error) =>
        {
            let file = OpenOptions::new().read(true).write(true).open(name);
            file.map(Lock).map_err(StudyError::io(name, "write"))
        }
        locked => locked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_system_without_locks_is_told_from_a_lock() {
        assert!(has_no_locks(&io::ErrorKind::Unsupported.into()));
        for known in [io::ErrorKind::WouldBlock, io::ErrorKind::PermissionDenied] {
            assert!(!has_no_locks(&known.into()), "{known:?}");
        }
        #[cfg(target_os = "linux")]
        {
            let error = io::Error::from_raw_os_error(37);
            assert!(has_no_locks(&error) && error.to_string().starts_with("No locks"), "{error}");
            // EACCES, EINTR.
            for number in [13, 4] {
                assert!(!has_no_locks(&io::Error::from_raw_os_error(number)), "{number}");
            }
        }
    }
}
