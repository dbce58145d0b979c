//! Classes of actors and requests in a file.

use crate::actor::RequestError;
use crate::event_list::Lane;
use crate::features::Features;
use crate::handler::{Busy, Role};
use crate::kernel::{Class, Shared};
use crate::snapshot::{Bytes, FileError, decode, encode};
use crate::store::EventPoolPicture;
use crate::time::VirtualTime;
use serde::Deserialize;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::any::Any;
use std::any::TypeId;
use std::any::type_name;
use std::rc::Rc;
/// A class of actors in a file.
#[derive(Serialize, Deserialize)]
pub(crate) struct ClassPicture {
    pub(crate) name: String,
    pub(crate) slots: Vec<Option<SlotPicture>>,
    pub(super) states: Bytes,
    pub(crate) pool: EventPoolPicture,
    pub(super) messages: Bytes,
}

/// An actor in a file, without its state.
#[derive(Serialize, Deserialize)]
pub(crate) struct SlotPicture {
    pub(crate) generation: u16,
    pub(crate) busy: Busy,
    pub(crate) role: Role,
    pub(crate) pending: Option<u32>,
    /// The cells of the messages that wait, oldest first.
    pub(crate) mailbox: Vec<u32>,
}

/// A class that was loaded, with the types of its states and messages.
pub(crate) struct LoadedClass {
    pub(crate) class: Box<dyn Class<Features>>,
    pub(crate) pool: Shared,
    pub(crate) state: TypeId,
    pub(crate) message: TypeId,
}

type SaveClass = Rc<dyn Fn(&dyn Any) -> Result<ClassPicture, FileError>>;
type SaveCheckpoint = Rc<dyn Fn(&dyn Any) -> Result<Bytes, FileError>>;
type LoadCheckpoint = Rc<dyn Fn(&Bytes) -> Result<Box<dyn Any>, FileError>>;
type LoadClass = Rc<dyn Fn(u16, &ClassPicture) -> Result<LoadedClass, FileError>>;

#[derive(Clone)]
pub(crate) struct SavedState {
    pub(crate) name: &'static str,
    pub(crate) save: SaveClass,
    pub(crate) load: LoadClass,
}

#[derive(Clone)]
pub(crate) struct SavedCheckpoint {
    pub(crate) name: &'static str,
    pub(crate) save: SaveCheckpoint,
    pub(crate) load: LoadCheckpoint,
}

/// How a type is written and read.
pub(crate) struct Codec<T> {
    pub(crate) encode: fn(&T) -> Result<Bytes, FileError>,
    pub(crate) decode: fn(&Bytes) -> Result<T, FileError>,
}

impl<T: Serialize + DeserializeOwned> Codec<T> {
    pub(super) fn new() -> Self {
        Self {
            encode: |value| encode(value, type_name::<T>()).map(Bytes),
            decode: |bytes| decode(&bytes.0, type_name::<T>()),
        }
    }
}

/// The data of a request besides its function.
#[derive(Serialize, Deserialize)]
pub(crate) enum AnswerPicture {
    Single,
    /// One of several requests that wait for all answers.
    Part {
        gather: u64,
        position: u32,
        /// The data that they share; the first of them has it.
        shared: Option<GatherPicture>,
    },
    /// One of several requests that wait for the first answer.
    Runner {
        race: u64,
        missing: u32,
        first: Option<(VirtualTime, u32)>,
    },
}

#[derive(Serialize, Deserialize)]
pub(crate) struct GatherPicture {
    pub(crate) wrapped: bool,
    pub(crate) answers: Vec<Option<Result<Bytes, RequestError>>>,
    pub(crate) arrival: Option<(VirtualTime, Lane)>,
}
