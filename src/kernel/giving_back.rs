//! Taking back what was dropped, and looking after what there is besides events.

use crate::kernel::returns::Returns;
use crate::kernel::state::{Hooks, Kernel};
use std::cell::{RefCell, RefMut};
use std::ops::{Deref, DerefMut};

impl<F: Hooks> Returns<Kernel<F>, F::Return> {
    /// Gives something back.
    pub(crate) fn give(&self, what: F::Return) {
        let Some(kernel) = self.kernel() else { return };
        let Some(mut kernel) = Quietly::borrow(&kernel) else { return self.push(what) };
        kernel.take_back_all();
        F::take_back(&mut kernel, what);
    }
}

impl<F: Hooks> Kernel<F> {
    /// Has the loop look after what there is besides the next event.
    #[inline]
    pub(crate) fn want_attention(&self) {
        self.returns.set_attention(true);
    }

    /// Takes back the first of what was dropped while the kernel was in use;
    /// `false` if there is nothing.
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

    /// To be asked before something is claimed or transferred: what the same handler
    /// has dropped before is free by then.
    #[inline]
    pub(crate) fn take_back_first(&mut self) {
        if self.returns.wants_attention() {
            self.take_back_all();
        }
    }

    /// Drops what is the program's when the kernel is not in use: that may
    /// give things back.
    pub(crate) fn drop_later<T: 'static>(&mut self, left: T) {
        if std::mem::needs_drop::<T>() {
            self.remains.push(Box::new(left));
            self.want_attention();
        }
    }
}

/// The kernel for destructors, in which failures unwind nothing.
pub(crate) struct Quietly<'a, F: Hooks>(RefMut<'a, Kernel<F>>);

impl<'a, F: Hooks> Quietly<'a, F> {
    /// `None` if it is in use, as it is while the kernel itself drops things.
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
