//! The message actor as JSON.

use super::write;
use crate::models::message_log::{Log, MessageLog};
use flagfall::Config;
use flagfall::model::{Measured, Run};
use serde::Serialize;
use std::io::{self, Write};

/// The message actor's polls.
///
/// # Errors
/// What writing to `out` returns.
pub fn message_log(
    out: &mut dyn Write,
    (model, run): (&MessageLog, &Run<Log>),
    config: &Config,
    summary: bool,
) -> io::Result<()> {
    #[derive(Serialize)]
    struct Body {
        workers: u32,
        messages_each: u32,
        #[serde(flatten)]
        lists: Option<Lists>,
    }
    #[derive(Serialize)]
    struct Lists {
        messages: Vec<String>,
        polls: Vec<Vec<String>>,
        unpolled_messages: Vec<String>,
    }
    let log = &run.result;
    let say = |entries: &[_]| entries.iter().map(ToString::to_string).collect();
    let lists = || Lists {
        messages: log
            .polls
            .iter()
            .flatten()
            .chain(&log.unpolled)
            .map(ToString::to_string)
            .collect(),
        polls: log.polls.iter().map(|poll| say(poll)).collect(),
        unpolled_messages: say(&log.unpolled),
    };
    let body = Body {
        workers: model.workers,
        messages_each: model.messages,
        lists: (!summary).then(lists),
    };
    write(out, "messages", (config, run), &model.measures(run), body)
}
