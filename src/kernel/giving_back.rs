//! Taking back what was dropped, and the attention flag of the loop.

use crate::kernel::returns::Returns;
use crate::kernel::state::{Hooks, Kernel};
use std::cell::{RefCell, RefMut};
use std::ops::{Deref, DerefMut};

impl<F: Hooks> Returns<Kernel<F>, F::Return> {
    /// Gives a value back to the kernel: now if it is free, else after the current event.
    pub(crate) fn give(&self, what: F::Return) {
        let Some(kernel) = self.kernel() else { return };
        let Some(mut kernel) = Quietly::borrow(&kernel) else { return self.push(what) };
        kernel.take_back_all();
        F::take_back(&mut kernel, what);
    }
}

impl<F: Hooks> Kernel<F> {
    /// Makes the loop look at the work besides the next event.
    #[inline]
    pub(crate) fn want_attention(&self) {
        self.returns.set_attention(true);
    }

    /// Takes back the first value that was dropped while the kernel was in use; `false` if there is
    /// none.
    pub(crate) fn take_back(&mut self) -> bool {
        let Some(next) = self.returns.pop() else { return false };
        let quiet = std::mem::replace(&mut self.quiet, true);
        F::take_back(self, next);
        self.quiet = quiet;
        true
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

/// The kernel for destructors: failures do not unwind here.
pub(crate) struct Quietly<'a, F: Hooks>(RefMut<'a, Kernel<F>>);

impl<'a, F: Hooks> Quietly<'a, F> {
    /// `None` if the kernel is in use, as it is while the kernel itself drops values.
    pub(crate) fn borrow(kernel: &'a RefCell<Kernel<F>>) -> Option<Self> {
        let mut kernel = kernel.try_borrow_mut().ok()?;
        kernel.quiet = true;
        Some(Self(kernel))
    }
}

impl<F: Hooks> Drop for Quietly<'_, F> {
    fn drop(&mut self) {
        self.0.quiet = false;
    }
}

impl<F: Hooks> Deref for Quietly<'_, F> {
    type Target = Kernel<F>;

    fn deref(&self) -> &Kernel<F> {
        &self.0
    }
}

impl<F: Hooks> DerefMut for Quietly<'_, F> {
    fn deref_mut(&mut self) -> &mut Kernel<F> {
        &mut self.0
    }
}
