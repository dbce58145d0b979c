//! Continuations of requests in files.

use crate::actor::{Message, RequestError};
use crate::features::{Continuation, Kernel};
use crate::request::{Gather, Part, Race, Runner};
use crate::snapshot::{Bytes, FileError};
use crate::types::error::SnapshotError;
use crate::types::functions::{All, First, One};
use crate::types::gathers::Gathers;
use crate::types::kinds::{AnswerType, SavedAnswer};
use crate::types::pictures::{AnswerPicture, GatherPicture};
use std::any::{Any, TypeId, type_name};
use std::cell::RefCell;
use std::marker::PhantomData;
use std::rc::Rc;

impl<F, R, M> SavedAnswer for One<F, R, M>
where
    F: FnOnce(Result<R, RequestError>) -> M + Clone + 'static,
    R: 'static,
    M: Message,
{
    fn save(&self, _: &dyn Any, _: &mut Gathers) -> Result<AnswerPicture, SnapshotError> {
        Ok(AnswerPicture::Single)
    }

    fn message(&self) -> TypeId {
        TypeId::of::<M>()
    }

    fn load(
        &self,
        picture: &AnswerPicture,
        gathers: &mut Gathers,
    ) -> Option<Box<dyn Continuation<Kernel>>> {
        let single = matches!(picture, AnswerPicture::Single);
        if single { self.copy(&(), gathers) } else { None }
    }
}

impl<F, R, M> SavedAnswer for All<F, R, M>
where
    F: FnOnce(Vec<Result<R, RequestError>>) -> M + Clone + 'static,
    R: 'static,
    M: Message,
{
    fn save(&self, from: &dyn Any, gathers: &mut Gathers) -> Result<AnswerPicture, SnapshotError> {
        let part = from.downcast_ref::<Part<F, R, M>>().expect("looked up by its type");
        let gather = part.gather.borrow();
        let (number, position) = (gather.number, part.position as u32);
        if !gathers.meet(number) {
            return Ok(AnswerPicture::Part { gather: number, position, shared: None });
        }
        let Some(codec) = &self.codec else {
            return Err(SnapshotError::Function {
                type_name: type_name::<F>(),
                purpose: "Context::ask_all",
                register: "TypeRegistry::saved_answers",
            });
        };
        let mut answers = Vec::with_capacity(gather.answers.len());
        for answer in &gather.answers {
            answers.push(match answer {
                None => None,
                Some(Ok(answer)) => Some(Ok((codec.encode)(answer)?)),
                Some(Err(error)) => Some(Err(error.clone())),
            });
        }
        let arrival = gather.arrival;
        let shared = Some(GatherPicture { wrapped: gather.wrap.is_some(), answers, arrival });
        Ok(AnswerPicture::Part { gather: number, position, shared })
    }

    fn message(&self) -> TypeId {
        TypeId::of::<M>()
    }

    fn load(
        &self,
        picture: &AnswerPicture,
        gathers: &mut Gathers,
    ) -> Option<Box<dyn Continuation<Kernel>>> {
        let AnswerPicture::Part { gather: number, position, shared } = picture else { return None };
        if let Some(shared) = shared {
            let codec = self.codec.as_ref()?;
            let answer = |answer: &Option<Result<Bytes, RequestError>>| match answer {
                None => Ok(None),
                Some(Ok(answer)) => (codec.decode)(answer).map(|answer| Some(Ok(answer))),
                Some(Err(error)) => Ok(Some(Err(error.clone()))),
            };
            let answers: Result<Vec<_>, FileError> = shared.answers.iter().map(answer).collect();
            let answers = answers.ok()?;
            let missing = answers.iter().filter(|answer| answer.is_none()).count();
            let wrap = shared.wrapped.then(|| self.wrap.clone());
            let arrival = shared.arrival;
            let gather = Gather { number: *number, wrap, answers, missing, arrival };
            gathers.begin(*number, missing, Rc::new(RefCell::new(gather)))?;
        }
        let position = *position as usize;
        let gather: Rc<RefCell<Gather<F, R>>> = gathers.get(*number)?.downcast().ok()?;
        let is_open = gather.borrow().answers.get(position).is_some_and(Option::is_none);
        if !is_open || !gathers.take_place(*number, position) {
            return None;
        }
        Some(Box::new(Part::<F, R, M> { gather, position, types: PhantomData }))
    }
}

impl<F, R, M> SavedAnswer for First<F, R, M>
where
    F: Fn(Result<R, RequestError>) -> M + Clone + 'static,
    R: 'static,
    M: Message,
{
    fn save(&self, from: &dyn Any, _: &mut Gathers) -> Result<AnswerPicture, SnapshotError> {
        let runner = from.downcast_ref::<Runner<F, R, M>>().expect("looked up by its type");
        let race = runner.race.borrow();
        let Race { number, missing, first, .. } = *race;
        Ok(AnswerPicture::Runner { race: number, missing: missing as u32, first })
    }

    fn message(&self) -> TypeId {
        TypeId::of::<M>()
    }

    fn load(
        &self,
        picture: &AnswerPicture,
        gathers: &mut Gathers,
    ) -> Option<Box<dyn Continuation<Kernel>>> {
        let AnswerPicture::Runner { race: number, missing, first } = *picture else { return None };
        let missing = missing as usize;
        if gathers.get(number).is_none() {
            let race = Race { number, wrap: self.0.clone(), missing, first };
            gathers.begin(number, missing, Rc::new(RefCell::new(race)))?;
        }
        let race: Rc<RefCell<Race<F>>> = gathers.get(number)?.downcast().ok()?;
        let same = race.borrow().missing == missing && race.borrow().first == first;
        let place = gathers.places(number);
        if !same || !gathers.take_place(number, place) {
            return None;
        }
        Some(Box::new(Runner::<F, R, M> { race, types: PhantomData }))
    }
}
