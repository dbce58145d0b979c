//! Where flagfall's actors draw from: the generator that all engines share, or
//! a stream of each actor's own.

use crate::workload;
use flagfall::random::Stream;
use flagfall::{Context, Message, Span};

pub(super) trait Draws: Default + 'static {
    fn exponential<M: Message>(&mut self, mean: Span, context: &Context<'_, M>) -> Span;
    fn below<M: Message>(&mut self, bound: usize, context: &Context<'_, M>) -> usize;
    fn ride<M: Message>(&mut self, context: &Context<'_, M>) -> u64;
    fn silence<M: Message>(&mut self, context: &Context<'_, M>) -> Span;
}

/// The generator that all engines share.
#[derive(Default)]
pub(super) struct Shared;

impl Draws for Shared {
    #[inline]
    fn exponential<M: Message>(&mut self, mean: Span, _: &Context<'_, M>) -> Span {
        Span::from_nanos((workload::exponential() * mean.as_nanos() as f64) as u64)
    }

    #[inline]
    fn below<M: Message>(&mut self, bound: usize, _: &Context<'_, M>) -> usize {
        workload::below(bound)
    }

    #[inline]
    fn ride<M: Message>(&mut self, _: &Context<'_, M>) -> u64 {
        workload::ride()
    }

    #[inline]
    fn silence<M: Message>(&mut self, _: &Context<'_, M>) -> Span {
        Span::from_nanos(workload::nanos(workload::silence()))
    }
}

/// A stream of the actor's own, opened at its first draw.
#[derive(Default)]
pub(super) struct Own(Option<Stream>);

impl Own {
    #[inline]
    fn stream<M: Message>(&mut self, context: &Context<'_, M>) -> &mut Stream {
        self.0.get_or_insert_with(|| context.stream("draws"))
    }
}

impl Draws for Own {
    #[inline]
    fn exponential<M: Message>(&mut self, mean: Span, context: &Context<'_, M>) -> Span {
        self.stream(context).exponential(mean)
    }

    #[inline]
    fn below<M: Message>(&mut self, bound: usize, context: &Context<'_, M>) -> usize {
        self.stream(context).below(bound as u64) as usize
    }

    #[inline]
    fn ride<M: Message>(&mut self, context: &Context<'_, M>) -> u64 {
        self.stream(context).range(1..=5)
    }

    #[inline]
    fn silence<M: Message>(&mut self, context: &Context<'_, M>) -> Span {
        let stream = self.stream(context);
        let span = stream.span(Span::from_millis(100)..=Span::from_millis(900));
        if stream.chance(0.95) { span } else { Span::from_secs(1) + span }
    }
}
