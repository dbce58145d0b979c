//! Where flagfall's actors and processes draw from: the generator that all engines
//! share, or a stream of each one's own.

use crate::workload;
use flagfall::random::Stream;
use flagfall::{Context, Message, Process, Span};

/// Who has streams: an actor or a process.
pub(super) trait Drawer {
    fn open(&self) -> Stream;
}

impl<M: Message> Drawer for Context<'_, M> {
    fn open(&self) -> Stream {
        self.stream("draws")
    }
}

impl Drawer for Process {
    fn open(&self) -> Stream {
        self.stream("draws")
    }
}

pub(super) trait Draws: Default + 'static {
    fn exponential(&mut self, mean: Span, by: &impl Drawer) -> Span;
    fn below(&mut self, bound: usize, by: &impl Drawer) -> usize;
    fn ride(&mut self, by: &impl Drawer) -> u64;
    fn silence(&mut self, by: &impl Drawer) -> Span;
}

/// The generator that all engines share.
#[derive(Default)]
pub(super) struct Shared;

impl Draws for Shared {
    #[inline]
    fn exponential(&mut self, mean: Span, _: &impl Drawer) -> Span {
        Span::from_nanos((workload::exponential() * mean.as_nanos() as f64) as u64)
    }

    #[inline]
    fn below(&mut self, bound: usize, _: &impl Drawer) -> usize {
        workload::below(bound)
    }

    #[inline]
    fn ride(&mut self, _: &impl Drawer) -> u64 {
        workload::ride()
    }

    #[inline]
    fn silence(&mut self, _: &impl Drawer) -> Span {
        Span::from_nanos(workload::nanos(workload::silence()))
    }
}

/// A stream of its own, opened at its first draw.
#[derive(Default)]
pub(super) struct Own(Option<Stream>);

impl Own {
    #[inline]
    fn stream(&mut self, by: &impl Drawer) -> &mut Stream {
        self.0.get_or_insert_with(|| by.open())
    }
}

impl Draws for Own {
    #[inline]
    fn exponential(&mut self, mean: Span, by: &impl Drawer) -> Span {
        self.stream(by).exponential(mean)
    }

    #[inline]
    fn below(&mut self, bound: usize, by: &impl Drawer) -> usize {
        self.stream(by).below(bound as u64) as usize
    }

    #[inline]
    fn ride(&mut self, by: &impl Drawer) -> u64 {
        self.stream(by).range(1..=5)
    }

    #[inline]
    fn silence(&mut self, by: &impl Drawer) -> Span {
        let stream = self.stream(by);
        let span = stream.span(Span::from_millis(100)..=Span::from_millis(900));
        if stream.chance(0.95) { span } else { Span::from_secs(1) + span }
    }
}
