//! What was claimed and never awaited.

use super::waits::{Quietly, Wait};
use crate::actor::ActorId;
use crate::simulation::error::ErrorKind;

impl Wait {
    /// Says that it is not awaited any more, on purpose.
    pub(in crate::simulation) fn give_up(&self) {
        self.shell.excuse(self.key);
    }

    /// Whether somebody has looked at it, or has said that nobody will.
    pub(in crate::simulation) fn was_looked_at(&self) -> bool {
        self.shell.is_excused(self.key)
    }

    /// To be asked when a claim is dropped: fails the run if nobody has awaited
    /// it, and it was made at an earlier instant. Whoever made it went on as if
    /// it had what it claimed. What a process that is killed leaves behind may
    /// have been meant for later.
    #[inline]
    pub(in crate::simulation) fn check_awaited(&self, resource: ActorId) {
        if !self.shell.is_excused(self.key) {
            self.report(resource);
        }
    }

    #[cold]
    fn report(&self, resource: ActorId) {
        let Some(kernel) = self.shell.returns.kernel() else { return };
        // Where the kernel is in use, it is the kernel that ends somebody.
        let Some(mut core) = Quietly::borrow(&kernel) else { return };
        let is_new = core.now == self.shell.since(self.key);
        if is_new || !self.shell.steps() {
            return;
        }
        // Where a panic unwinds already, that is what the run fails of.
        let resource = core.directory.path(resource).to_string();
        core.fail(ErrorKind::NotAwaited { resource, place: self.place.to_string() });
    }
}
