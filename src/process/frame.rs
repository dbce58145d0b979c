//! The memory of a process, which the next process of the same kind takes over.
//!
//! A process has its future, the state of its waits and its result in memory of their own. A
//! process that ends leaves all that to the next one whose function is the same, so a model that
//! starts and ends processes for ever allocates nothing.

use crate::features::{Kernel, Returns};
use crate::process::reference::End;
use crate::process::state::{Phase, ProcessState};
use crate::process::unpolled::FEW;
use std::any::Any;
use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

/// The work of a process, and what it waits for.
pub(crate) struct Routine {
    pub(super) frame: Box<dyn AnyFrame>,
    pub(super) state: Rc<ProcessState>,
}

/// A frame whose future and result only its maker knows.
pub(super) trait AnyFrame: Any {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()>;
    /// Keeps the memory for the next process of the kind. The future has finished, and nothing that
    /// is dropped here uses the kernel.
    fn put_away(self: Box<Self>, kernel: &mut Kernel);
    fn into_any(self: Box<Self>) -> Box<dyn Any>;
}

/// The memory of a process with a future of type `F` that returns a `T`.
pub(super) struct Frame<F, T> {
    future: Pin<Box<Option<F>>>,
    state: Rc<ProcessState>,
    /// `None` once others may still ask for the result of an earlier process.
    end: Option<Rc<RefCell<End<T>>>>,
}

/// Marks the handle of a process as used up, also if a destructor in its future panics.
struct Over<'a>(&'a ProcessState);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.phase.set(Phase::Over);
    }
}

impl<F: Future<Output = ()> + 'static, T: 'static> Frame<F, T> {
    /// The memory for a new process. Which types `F` and `T` are, `_begin` knows.
    pub(super) fn take<A>(
        kernel: &mut Kernel,
        _begin: &impl FnOnce(A) -> F,
    ) -> (Box<Self>, Rc<RefCell<End<T>>>) {
        let returns = &kernel.returns;
        let mut frame = match kernel.features.frames.take::<Self>() {
            Some(frame) => frame,
            None => Box::new(Self::new(returns)),
        };
        match Rc::get_mut(&mut frame.state) {
            Some(state) => state.begin_anew(),
            None => frame.state = Rc::new(ProcessState::new(Rc::clone(returns))),
        }
        let end = Rc::clone(frame.end.get_or_insert_with(Default::default));
        (frame, end)
    }

    fn new(returns: &Rc<Returns>) -> Self {
        let state = Rc::new(ProcessState::new(Rc::clone(returns)));
        Self { future: Box::pin(None), state, end: None }
    }

    pub(super) fn state(&self) -> &Rc<ProcessState> {
        &self.state
    }

    pub(super) fn begin(mut self: Box<Self>, future: F) -> Routine {
        self.future.set(Some(future));
        let state = Rc::clone(&self.state);
        Routine { frame: self, state }
    }
}

impl<F: Future<Output = ()> + 'static, T: 'static> AnyFrame for Frame<F, T> {
    #[inline]
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        match self.future.as_mut().as_pin_mut() {
            Some(future) => future.poll(context),
            None => Poll::Ready(()),
        }
    }

    fn put_away(mut self: Box<Self>, kernel: &mut Kernel) {
        self.future.set(None);
        self.state.phase.set(Phase::Over);
        if let Some(end) = self.end.as_mut().and_then(Rc::get_mut) {
            let end = end.get_mut();
            (end.over, end.result) = (false, None);
            end.waiting.clear();
            end.waiting.shrink_to(FEW);
        } else {
            self.end = None;
        }
        kernel.features.frames.put(self, size_of::<F>() + size_of::<ProcessState>());
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

impl<F, T> Drop for Frame<F, T> {
    /// While the future is dropped, destructors in it may use the handle of the process.
    fn drop(&mut self) {
        let _over = Over(&self.state);
        self.state.phase.set(Phase::Ends);
        self.future.set(None);
    }
}
