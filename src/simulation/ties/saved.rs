//! A tie policy in files: how far its stream is. The policy itself stands with the
//! settings, and which of given choices comes next follows from the number of the
//! event. What was drawn into the buffer stands with the other events: it is drawn
//! again.

use super::{Chooser, Ties};

impl Ties {
    /// Whether a search says what comes next.
    pub(in crate::simulation) fn is_guided(&self) -> bool {
        self.order.as_ref().is_some_and(|order| matches!(order.chooser, Chooser::Guide(..)))
    }

    /// How many words were drawn to shuffle.
    pub(in crate::simulation) fn position(&self) -> u64 {
        match self.order.as_deref().map(|order| &order.chooser) {
            Some(Chooser::Shuffle(stream)) => stream.position(),
            _ => 0,
        }
    }

    /// Goes on after that many events and words, being at its beginning; `None` if
    /// no policy like this can have drawn so much.
    pub(in crate::simulation) fn go_on(&mut self, event: u64, position: u64) -> Option<()> {
        match self.order.as_deref_mut().map(|order| &mut order.chooser) {
            Some(Chooser::Shuffle(stream)) => return stream.move_to(position),
            Some(Chooser::Choices(choices, next)) => {
                *next = choices.iter().take_while(|choice| choice.0 <= event).count();
            }
            _ => {}
        }
        (position == 0).then_some(())
    }
}
