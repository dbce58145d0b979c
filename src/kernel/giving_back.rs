//! Taking back what was dropped, and the attention flag of the loop.

use crate::actor::ActorId;
use crate::kernel::returns::{Attention, Returns};
use crate::kernel::state::{Hooks, Kernel};

impl<F: Hooks> Returns<Kernel<F>, F::Return> {
    /// Gives a value back to the kernel: now if it is free, else after the current event.
    pub(crate) fn give(&self, what: F::Return) {
        let Some(kernel) = self.kernel() else { return };
        // It is in use while the kernel itself drops values, too.
        let Ok(mut kernel) = kernel.try_borrow_mut() else { return self.push(what) };
        kernel.quietly(|kernel| {
            kernel.take_back_all();
            F::take_back(kernel, what);
        });
    }
}

impl<F: Hooks> Kernel<F> {
    /// Makes the loop look at the work besides the next event.
    #[inline]
    pub(crate) fn want_attention(&self) {
        self.returns.set_attention(Attention::Much);
    }

    /// Lets a process go on when the event is over.
    #[inline]
    pub(crate) fn let_go_on(&mut self, process: ActorId) {
        self.ready = Some(process);
        if self.returns.attention() == Attention::Nothing {
            self.returns.set_attention(Attention::Process);
        }
    }

    /// Takes back the first value that was dropped while the kernel was in use; `false` if there is
    /// none.
    pub(crate) fn take_back(&mut self) -> bool {
        let Some(next) = self.returns.pop() else { return false };
        self.quietly(|kernel| F::take_back(kernel, next));
        true
    }

    /// Works for destructors: failures do not unwind here.
    pub(crate) fn quietly(&mut self, work: impl FnOnce(&mut Self)) {
        let quiet = std::mem::replace(&mut self.quiet, true);
        work(self);
        self.quiet = quiet;
    }

    /// Whether values were dropped while the kernel was in use and are not taken back yet.
    pub(crate) fn has_returns(&self) -> bool {
        !self.returns.is_empty()
    }

    pub(crate) fn take_back_all(&mut self) {
        while self.take_back() {}
    }

    /// Call this before something is claimed or transferred. The kernel takes back what the same
    /// handler has dropped before, so that it is free.
    #[inline]
    pub(crate) fn take_back_first(&mut self) {
        if self.returns.wants_attention() {
            self.take_back_all();
        }
    }

    /// Drops a value of the program later, when the kernel is not in use: its destructor may give
    /// things back.
    pub(crate) fn drop_later<T: 'static>(&mut self, left: T) {
        if std::mem::needs_drop::<T>() {
            self.remains.push(Box::new(left));
            self.want_attention();
        }
    }
}
