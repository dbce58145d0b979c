//! Polling: runs of questions and answers between two actors, which a chart draws as one arrow.

use super::recorded::{Event, Recorded};
use flagfall::record::RecordKind;
use rustc_hash::FxHashMap;

/// Fewer pairs in a run are drawn one by one.
const FEWEST: usize = 3;

/// Which arrows are folded into one.
#[derive(Debug, Default)]
pub(super) struct Folds {
    /// The fold of each arrow.
    pub(super) of_arrow: Vec<Option<usize>>,
    /// How many pairs of a question and an answer each fold has.
    pub(super) counts: Vec<usize>,
}

/// A run that may go on.
struct Run<'a> {
    asker: usize,
    question: &'a str,
    answer: Option<&'a str>,
    /// The arrow of the question that is not answered yet.
    open: Option<usize>,
    /// The arrows of questions and their answers.
    pairs: Vec<(usize, usize)>,
}

impl Folds {
    /// Finds the runs among arrows, which are records and whether they are lost. Pairs belong to one
    /// run if nothing else passes between the two actors, and if questions and answers have the same
    /// names: their contents may differ, as what is polled mostly does.
    pub(super) fn of(recorded: &Recorded, arrows: &[(usize, bool)]) -> Self {
        let mut folds = Self { of_arrow: vec![None; arrows.len()], counts: Vec::new() };
        let mut runs: FxHashMap<(usize, usize), Run<'_>> = FxHashMap::default();
        for (arrow, &(at, lost)) in arrows.iter().enumerate() {
            let event = &recorded.events[at];
            let Some(sender) = event.sender else { continue };
            let between = (sender.min(event.receiver), sender.max(event.receiver));
            let name = name_of(recorded, event);
            let run = runs.get_mut(&between);
            let goes_on = match run {
                Some(run) if !lost => run.take(event, name, arrow),
                _ => false,
            };
            if goes_on {
                continue;
            }
            if let Some(ended) = runs.remove(&between) {
                folds.end(&ended);
            }
            if !lost && event.is != RecordKind::Answered {
                let (open, pairs) = (Some(arrow), Vec::new());
                runs.insert(
                    between,
                    Run { asker: sender, question: name, answer: None, open, pairs },
                );
            }
        }
        let mut left: Vec<Run<'_>> = runs.into_values().collect();
        left.sort_by_key(|run| run.pairs.first().copied());
        left.iter().for_each(|run| folds.end(run));
        folds
    }

    fn end(&mut self, run: &Run<'_>) {
        if run.pairs.len() < FEWEST {
            return;
        }
        for arrow in run.pairs.iter().flat_map(|(question, answer)| [*question, *answer]) {
            self.of_arrow[arrow] = Some(self.counts.len());
        }
        self.counts.push(run.pairs.len());
    }
}

impl<'a> Run<'a> {
    /// Whether an arrow goes on with the run, as its next question or the answer to its last.
    fn take(&mut self, event: &Event, name: &'a str, arrow: usize) -> bool {
        if event.is != RecordKind::Answered {
            let asks = event.sender == Some(self.asker) && name == self.question;
            return asks && self.open.is_none() && self.open.replace(arrow).is_none();
        }
        let answers = event.receiver == self.asker && self.answer.is_none_or(|known| known == name);
        let Some(question) = self.open.filter(|_| answers) else { return false };
        self.answer = Some(name);
        self.open = None;
        self.pairs.push((question, arrow));
        true
    }
}

/// The name of a message, without its contents.
fn name_of<'a>(recorded: &'a Recorded, event: &Event) -> &'a str {
    let text = event.message.and_then(|place| recorded.messages.texts.get(place));
    let text = text.map_or("", String::as_str);
    let name = text.split(|c: char| !c.is_alphanumeric() && c != '_').next();
    // A text that begins with no name is compared as a whole.
    name.filter(|name| !name.is_empty()).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::Folds;
    use crate::report::page::recorded::{Event, Recorded};
    use flagfall::record::RecordKind;

    /// Arrows of questions `Q` and answers `A` between 0 and 1: sender, text, and whether lost.
    fn folds(arrows: &[(usize, &str, bool)]) -> Folds {
        let mut recorded = Recorded::default();
        let event = |(at, &(sender, text, _)): (usize, &(usize, &str, bool))| {
            recorded.messages.texts.push(text.to_owned());
            let answers = text.starts_with('A');
            Event {
                event: at as u64,
                time: at as u64,
                kind: 0,
                is: if answers { RecordKind::Answered } else { RecordKind::Handled },
                receiver: 1 - sender,
                sender: Some(sender),
                cause: 0,
                from: Some(0),
                message: Some(at),
                activity: None,
            }
        };
        recorded.events = arrows.iter().enumerate().map(event).collect();
        let arrows: Vec<_> = arrows.iter().enumerate().map(|(at, of)| (at, of.2)).collect();
        Folds::of(&recorded, &arrows)
    }

    const PAIR: [(usize, &str, bool); 2] = [(0, "Q(1)", false), (1, "A { of: 2 }", false)];

    #[test]
    fn three_pairs_are_one_fold() {
        assert!(folds(&PAIR.repeat(2)).counts.is_empty());
        let found = folds(&PAIR.repeat(3));
        assert_eq!((found.counts, found.of_arrow), (vec![3], vec![Some(0); 6]));
        // A question without an answer is no pair.
        let found = folds(&[&PAIR.repeat(4)[..], &PAIR[..1]].concat());
        assert_eq!((found.counts, found.of_arrow[8]), (vec![4], None));
    }

    #[test]
    fn what_is_not_equal_ends_a_run() {
        for other in [(0, "Q2", false), (0, "Q", true), (1, "Q", false), (1, "A", false)] {
            let found = folds(&[&PAIR.repeat(3)[..], &[other], &PAIR.repeat(5)].concat());
            assert_eq!(found.counts, [3, 5], "{other:?}");
            assert_eq!(found.of_arrow[6], None, "{other:?}");
        }
        // Another answer.
        let found = folds(&[&PAIR.repeat(3)[..], &PAIR[..1], &[(1, "A2", false)]].concat());
        assert_eq!((found.counts, found.of_arrow[6]), (vec![3], None));
        // Messages to and fro are no questions.
        let messages = [(0, "Take", false), (1, "Over", false)];
        assert!(folds(&messages.repeat(9)).counts.is_empty());
    }
}
