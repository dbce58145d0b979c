//! The messages between processes of Ray.

use super::call::Call;
use super::contents::{feed, feed_value};
use super::thread::Thread;
use super::value::Value;
use flagfall::{Digest, Message, ReplyTo, RequestError};
use pyo3::prelude::*;
use std::fmt;

/// What comes back for a call.
pub(crate) enum Answer {
    One(Value),
    Many(Vec<Value>),
    Failed(Py<PyAny>),
    /// What the package's own questions are answered with.
    Object(Py<PyAny>),
}

pub(crate) enum Packet {
    /// A process was born that does something at its start.
    Start,
    /// A method or a task is to be run. Nobody has a reference to the result if there is no reply.
    Call(Py<Call>, Option<ReplyTo<Answer>>),
    /// A question of the package.
    Question(Py<Call>, ReplyTo<Answer>),
    Reply(Py<Call>, Result<Answer, RequestError>),
    /// The time of a thread's wait is over.
    Time(Py<Thread>, u64),
    /// A message of the package without an answer.
    Note(&'static str, Py<PyAny>),
}

impl Message for Packet {
    fn digest(&self, digest: &mut Digest) {
        Python::attach(|py| match self {
            Self::Start => digest.write_variant(0),
            Self::Call(call, _) | Self::Question(call, _) => {
                digest.write_variant(1);
                call.get().feed(py, digest);
            }
            Self::Reply(_, answer) => {
                digest.write_variant(2);
                match answer {
                    Ok(Answer::One(value)) => feed_value(value, py, digest),
                    Ok(Answer::Many(values)) => {
                        values.iter().for_each(|value| feed_value(value, py, digest));
                    }
                    Ok(Answer::Failed(object) | Answer::Object(object)) => {
                        feed(object.bind(py), digest);
                    }
                    Err(_) => digest.write_variant(1),
                }
            }
            Self::Time(_, wait) => {
                digest.write_variant(3);
                digest.write_u64(*wait);
            }
            Self::Note(name, payload) => {
                digest.write_variant(4);
                digest.write_bytes(name.as_bytes());
                feed(payload.bind(py), digest);
            }
        });
    }
}

impl fmt::Debug for Packet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Python::attach(|py| match self {
            Self::Start => f.write_str("start"),
            Self::Call(call, _) | Self::Question(call, _) => f.write_str(&call.get().text(py)),
            Self::Reply(call, answer) => {
                f.write_str(&call.get().text(py))?;
                match answer {
                    Ok(Answer::One(value)) => {
                        write!(f, " -> {}", super::contents::shown(value, py))
                    }
                    Ok(Answer::Many(values)) => write!(f, " -> {} values", values.len()),
                    Ok(Answer::Failed(failure)) => write!(f, " failed: {}", failure.bind(py)),
                    Ok(Answer::Object(_)) => f.write_str(" done"),
                    Err(error) => write!(f, " lost: {error}"),
                }
            }
            Self::Time(..) => f.write_str("sleep is over"),
            Self::Note(name, _) => f.write_str(name),
        })
    }
}
