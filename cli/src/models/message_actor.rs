//! The notebook's `MessageActor`: collects messages until someone asks.

use flagfall::actor::Copying;
use flagfall::{Actor, Context, Digest, Message, ReplyTo};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a [`MessageActor`] understands.
#[derive(Debug, Serialize, Deserialize)]
pub enum MessageActorMessage<T> {
    /// Keep this message (`add_message`).
    Add(T),
    /// Hand over what was kept, oldest first, and start anew
    /// (`get_and_clear_messages`).
    GetAndClear(ReplyTo<Vec<T>>),
}

impl<T: Message> Message for MessageActorMessage<T> {
    fn digest(&self, digest: &mut Digest) {
        match self {
            Self::Add(message) => {
                digest.write_variant(0);
                message.digest(digest);
            }
            Self::GetAndClear(reply) => {
                digest.write_variant(1);
                reply.digest(digest);
            }
        }
    }

    fn fork(&self, copying: &Copying) -> Option<Self> {
        match self {
            Self::Add(message) => message.fork(copying).map(Self::Add),
            Self::GetAndClear(reply) => reply.fork(copying).map(Self::GetAndClear),
        }
    }
}

/// Keeps messages of type `T` in the order they arrived.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MessageActor<T> {
    /// What arrived since the last time someone asked.
    pub messages: Vec<T>,
}

impl<T: Message> Actor for MessageActor<T> {
    type Message = MessageActorMessage<T>;

    fn shown(&self) -> Option<&dyn fmt::Debug> {
        Some(self)
    }

    fn handle(&mut self, message: Self::Message, context: &mut Context<'_, Self::Message>) {
        match message {
            MessageActorMessage::Add(message) => self.messages.push(message),
            MessageActorMessage::GetAndClear(reply) => {
                context.reply(reply, std::mem::take(&mut self.messages));
            }
        }
    }
}
