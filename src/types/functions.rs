//! Functions of the program that the engine keeps: those that make messages of answers
//! and notices, and factories.
//!
//! They capture nothing, so their type identifies them.

use crate::actor::{Message, RequestError};
use crate::features::{Continuation, Kernel};
use crate::handler::Actor;
use crate::request::{Gather, Part, Race, Runner, Single};
use crate::supervision::{DeathNotice, Fresh, Restored, Wrap};
use crate::types::gathers::Gathers;
use crate::types::kinds::{AnswerType, Maker, captures_nothing};
#[cfg(feature = "snapshot")]
use crate::types::pictures::Codec;
use crate::types::program::TypeRegistry;
use std::any::Any;
use std::cell::RefCell;
use std::marker::PhantomData;
use std::rc::Rc;

pub(crate) struct One<F, R, M>(pub(crate) F, pub(crate) PhantomData<fn(R) -> M>);

pub(crate) struct All<F, R, M> {
    pub(crate) wrap: F,
    pub(crate) clone: fn(&R) -> R,
    #[cfg(feature = "snapshot")]
    pub(crate) codec: Option<Codec<R>>,
    pub(crate) types: PhantomData<fn() -> M>,
}

pub(crate) struct First<F, R, M>(pub(crate) F, pub(crate) PhantomData<fn(R) -> M>);

impl<F, R, M> AnswerType for One<F, R, M>
where
    F: FnOnce(Result<R, RequestError>) -> M + Clone + 'static,
    R: 'static,
    M: Message,
{
    fn copy(&self, _: &dyn Any, _: &mut Gathers) -> Option<Box<dyn Continuation<Kernel>>> {
        Some(Box::new(Single { wrap: self.0.clone(), types: PhantomData }))
    }
}

impl<F, R, M> AnswerType for All<F, R, M>
where
    F: FnOnce(Vec<Result<R, RequestError>>) -> M + Clone + 'static,
    R: 'static,
    M: Message,
{
    fn copy(&self, from: &dyn Any, gathers: &mut Gathers) -> Option<Box<dyn Continuation<Kernel>>> {
        let part = from.downcast_ref::<Part<F, R, M>>()?;
        let original = part.gather.borrow();
        let copied = gathers.all.entry(original.number).or_insert_with(|| {
            let answer = |answer: &Result<R, RequestError>| match answer {
                Ok(answer) => Ok((self.clone)(answer)),
                Err(error) => Err(error.clone()),
            };
            Rc::new(RefCell::new(Gather {
                number: original.number,
                wrap: original.wrap.as_ref().map(|_| self.wrap.clone()),
                answers: original.answers.iter().map(|a| a.as_ref().map(answer)).collect(),
                missing: original.missing,
                arrival: original.arrival,
            }))
        });
        let gather = Rc::clone(copied).downcast().ok()?;
        Some(Box::new(Part::<F, R, M> { gather, position: part.position, types: PhantomData }))
    }
}

impl<F, R, M> AnswerType for First<F, R, M>
where
    F: Fn(Result<R, RequestError>) -> M + Clone + 'static,
    R: 'static,
    M: Message,
{
    fn copy(&self, from: &dyn Any, gathers: &mut Gathers) -> Option<Box<dyn Continuation<Kernel>>> {
        let runner = from.downcast_ref::<Runner<F, R, M>>()?;
        let original = runner.race.borrow();
        let copied = gathers.all.entry(original.number).or_insert_with(|| {
            Rc::new(RefCell::new(Race {
                number: original.number,
                wrap: self.0.clone(),
                missing: original.missing,
                first: original.first,
            }))
        });
        let race = Rc::clone(copied).downcast().ok()?;
        Some(Box::new(Runner::<F, R, M> { race, types: PhantomData }))
    }
}

impl TypeRegistry {
    /// The function given to [`Context::ask`](crate::Context::ask) or
    /// [`request`](crate::Context::request) that makes a message of the answer, such as a
    /// variant of the message type. Do not change a name while files with it are in use.
    ///
    /// # Panics
    /// If another function of the kind has the name.
    #[must_use]
    pub fn answer<R: 'static, M: Message, F>(mut self, name: &'static str, then: F) -> Self
    where
        F: FnOnce(Result<R, RequestError>) -> M + Clone + 'static,
    {
        const { captures_nothing::<F>() }
        self.answers.insert::<Single<F, R, M>>(name, Rc::new(One(then, PhantomData)));
        self
    }

    /// The function given to [`Context::ask_all`](crate::Context::ask_all). A copy clones
    /// the answers so far.
    ///
    /// # Panics
    /// If another function of the kind has the name.
    #[must_use]
    pub fn answers<R: Clone + 'static, M: Message, F>(mut self, name: &'static str, then: F) -> Self
    where
        F: FnOnce(Vec<Result<R, RequestError>>) -> M + Clone + 'static,
    {
        const { captures_nothing::<F>() }
        self.answers.insert::<Part<F, R, M>>(
            name,
            Rc::new(All::<F, R, M> {
                wrap: then,
                clone: R::clone,
                #[cfg(feature = "snapshot")]
                codec: None,
                types: PhantomData,
            }),
        );
        self
    }

    /// The function given to [`Context::ask_first`](crate::Context::ask_first).
    ///
    /// # Panics
    /// If another function of the kind has the name.
    #[must_use]
    pub fn first_answer<R: 'static, M: Message, F>(mut self, name: &'static str, then: F) -> Self
    where
        F: Fn(Result<R, RequestError>) -> M + Clone + 'static,
    {
        const { captures_nothing::<F>() }
        self.answers.insert::<Runner<F, R, M>>(name, Rc::new(First(then, PhantomData)));
        self
    }

    /// The function given to [`Context::watch`](crate::Context::watch).
    ///
    /// # Panics
    /// If another function of the kind has the name.
    #[must_use]
    pub fn notice<M: Message, F>(mut self, name: &'static str, wrap: F) -> Self
    where
        F: Fn(DeathNotice) -> M + Clone + 'static,
    {
        const { captures_nothing::<F>() }
        let make = Maker::of::<M>(move || Box::new(Wrap(wrap.clone(), PhantomData)) as _);
        self.notices.insert::<Wrap<F, M>>(name, make);
        self
    }

    /// The factory given to
    /// [`Context::spawn_supervised`](crate::Context::spawn_supervised).
    ///
    /// # Panics
    /// If another function of the kind has the name.
    #[must_use]
    pub fn factory<A: Actor, F>(mut self, name: &'static str, make: F) -> Self
    where
        F: FnMut() -> A + Clone + 'static,
    {
        const { captures_nothing::<F>() }
        let make = Maker::of::<A>(move || Box::new(Fresh(make.clone(), PhantomData)) as _);
        self.factories.insert::<Fresh<A, F>>(name, make);
        self
    }

    /// The factory given to [`Context::spawn_restored`](crate::Context::spawn_restored).
    /// [`checkpoint`](Self::checkpoint) registers its checkpoints.
    ///
    /// # Panics
    /// If another function of the kind has the name.
    #[must_use]
    pub fn restoring<A: Actor, S: 'static, F>(mut self, name: &'static str, make: F) -> Self
    where
        F: FnMut(Option<&S>) -> A + Clone + 'static,
    {
        const { captures_nothing::<F>() }
        let make = Maker::of::<A>(move || Box::new(Restored(make.clone(), PhantomData)) as _);
        self.factories.insert::<Restored<A, S, F>>(name, make);
        self
    }
}
