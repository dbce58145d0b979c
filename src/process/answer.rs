//! Waiting for the answer to a request.

use crate::actor::{ActorRef, Message, ReplyTo, RequestId};
use crate::features::{Answered, Continuation, Kernel, Return, Route, typed};
use crate::process::all::Sealed;
use crate::process::interface::{Process, Reply};
use crate::process::key::WaitKey;
use crate::process::place::spent;
use crate::process::waits::Wait;
use crate::store::Op;
use std::any::type_name;
use std::cell::RefCell;
use std::fmt;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

/// Waits for the answer to a request; see [`Process::ask`].
#[must_use = "the answer is lost if nobody awaits it"]
pub struct Answer<R> {
    wait: Wait,
    request: RequestId,
    answer: Rc<RefCell<Option<Reply<R>>>>,
}

impl<R> Drop for Answer<R> {
    fn drop(&mut self) {
        if !self.wait.is_decided() {
            self.wait.returns().give(Return::Answer(self.request));
        }
    }
}

impl<R: 'static> Answer<R> {
    #[track_caller]
    pub(crate) fn ask<M, N: Message>(
        process: &Process<M>,
        to: &ActorRef<N>,
        ask: impl FnOnce(ReplyTo<R>) -> N,
    ) -> Self {
        let (wait, mut kernel) = Wait::begin(process);
        let (asker, to) = (process.id, kernel.named(to));
        let answer = Rc::new(RefCell::new(None));
        let awaited = Box::new(Awaited { key: wait.key, place: Rc::clone(&answer) });
        let request = kernel.open_request(asker, to, Op::WAKE, awaited);
        let reply = ReplyTo::new(request, kernel.family);
        drop(kernel);
        // `ask` is code of the program, and runs while the kernel is free.
        let message = ask(reply);
        process.act().post_request(asker, to, request, message);
        Self { wait, request, answer }
    }
}

impl<R> Future for Answer<R> {
    type Output = Reply<R>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Reply<R>> {
        self.get_mut().poll_look(context)
    }
}

impl<R> Sealed for Answer<R> {
    fn look(&self, context: &mut Context<'_>) -> bool {
        self.wait.poll(context).is_ready()
    }

    fn is_decided(&self) -> bool {
        self.wait.is_decided()
    }

    fn take(&mut self) -> Reply<R> {
        self.answer.take().unwrap_or_else(|| spent(self.wait.place()))
    }
}

impl<R> fmt::Debug for Answer<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answer")
    }
}

/// The request of a process. The answer is stored in `place`, and the process is woken when it
/// arrives.
struct Awaited<R> {
    key: WaitKey,
    place: Rc<RefCell<Option<Reply<R>>>>,
}

impl<R: 'static> Continuation<Kernel> for Awaited<R> {
    fn resume(self: Box<Self>, kernel: &mut Kernel, route: Route, answer: Answered<'_>) {
        *self.place.borrow_mut() = Some(typed(answer));
        kernel.wake(route.due, route.asker, self.key);
    }

    fn function(&self) -> &'static str {
        type_name::<Self>()
    }
}
