//! The options of the message actor.

use super::memory::{self, Kept};
use super::started::of_the_library;
use super::workers::WorkerOptions;
use crate::command::own::{Ended, OwnModel};
use crate::models::message_log::{Entry, MessageLog};
use crate::report::json::Fields;
use crate::report::python;
use clap::Args;
use flagfall::time::Span;
use std::io::{self, Write};

/// Message actor: workers append messages, a driver polls and clears
#[derive(Debug, Args)]
#[command(next_help_heading = "Message actor")]
pub(super) struct MessagesOptions {
    #[command(flatten)]
    workers: WorkerOptions,
    /// How many messages each worker sends
    #[arg(long, value_name = "N", default_value_t = 10)]
    messages: u32,
    /// Span that a worker sleeps before each message
    #[arg(long, value_name = "SPAN", default_value = "1s")]
    every: Span,
    /// How often the driver polls
    #[arg(long, value_name = "N", default_value_t = 10)]
    polls: u32,
    /// Span that the driver sleeps after each poll
    #[arg(long, value_name = "SPAN", default_value = "1s")]
    poll_every: Span,
    /// How long the message actor's process takes to start
    #[arg(long, value_name = "SPAN", default_value = "0s")]
    actor_startup: Span,
}

impl MessagesOptions {
    fn model(&self) -> MessageLog {
        MessageLog {
            workers: self.workers.workers,
            messages: self.messages,
            every: self.every,
            polls: self.polls,
            poll_every: self.poll_every,
            actor_startup: self.actor_startup,
            startup: self.workers.startup,
            stagger: self.workers.stagger,
        }
    }
}

fn said(entries: &[Entry]) -> Vec<String> {
    entries.iter().map(ToString::to_string).collect()
}

impl OwnModel for MessagesOptions {
    const NAME: &'static str = "messages";

    of_the_library!(MessageLog);

    fn check(&self) -> Result<(), String> {
        self.workers.check()?;
        let workers = u64::from(self.workers.workers);
        memory::check(&[
            Kept::by("--workers", workers, 390),
            Kept::by("--polls", self.polls.into(), 55),
            Kept::by_both(("--messages", self.messages.into()), ("--workers", workers), 16),
        ])
    }

    fn text(&self, ended: &Ended<'_, Self::Handles>, out: &mut dyn Write) -> io::Result<()> {
        for poll in &ended.handles.result(ended.simulation).polls {
            writeln!(out, "New messages\n: {}", python::list(said(poll)))?;
        }
        Ok(())
    }

    fn json(&self, ended: &Ended<'_, Self::Handles>, fields: &mut Fields<'_>) {
        let (model, log) = (&ended.handles.model, ended.handles.result(ended.simulation));
        fields.add("workers", model.workers).add("messages_each", model.messages);
        if ended.lists {
            let all = log.polls.iter().flatten().chain(&log.unpolled);
            fields
                .list("messages", all.map(ToString::to_string))
                .list("polls", log.polls.iter().map(|poll| said(poll)))
                .add("unpolled_messages", said(&log.unpolled));
        }
    }
}
