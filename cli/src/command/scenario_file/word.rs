//! The contents of a scenario file, with their places.

use crate::command::given::Given;
use std::ops::Range;

/// An option as on the command line, and its place in the file.
#[derive(Clone, Debug)]
pub(super) struct Word {
    pub(super) given: Given,
    pub(super) value: String,
    pub(super) key: Range<usize>,
    pub(super) place: Range<usize>,
    /// The values of a list, which `value` joins.
    pub(super) parts: Vec<(String, Range<usize>)>,
}

impl Word {
    pub(super) fn name(&self) -> &str {
        &self.given.name
    }

    /// The value of a list that a message quotes, or else the whole.
    pub(super) fn part(&self, message: &str) -> (&str, Range<usize>) {
        let mut quoted =
            self.parts.iter().filter(|(part, _)| message.contains(&format!("`{part}`")));
        let (value, place) =
            quoted.next().map_or((&self.value, &self.place), |(part, place)| (part, place));
        (value, place.clone())
    }
}

/// An option that the grid varies.
#[derive(Clone, Debug)]
pub(super) struct Factor {
    pub(super) name: String,
    pub(super) key: Range<usize>,
    pub(super) levels: Vec<Word>,
}

impl Factor {
    /// `--set fleet=2,4,8`, with semicolons if a level has commas.
    pub(super) fn set(&self) -> Given {
        let levels: Vec<&str> = self.levels.iter().map(|level| level.value.as_str()).collect();
        let commas = levels.iter().any(|level| level.contains(','));
        let mut joined = levels.join(if commas { ";" } else { "," });
        // With a semicolon, commas do not separate, even if there is only one level.
        if commas && levels.len() == 1 {
            joined.push(';');
        }
        let set = format!("{}={joined}", self.name);
        Given { name: "set".to_owned(), words: vec!["--set".into(), set.into()] }
    }
}

/// The contents of a file, in their order.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) model: String,
    pub(super) options: Vec<Word>,
    pub(super) factors: Vec<Factor>,
    /// What a study makes, and what is asked of it.
    pub(super) study: Vec<Word>,
}

impl Said {
    /// Options, levels and keys of studies.
    pub(super) fn all(&self) -> impl Iterator<Item = &Word> + Clone {
        let levels = self.factors.iter().flat_map(|factor| &factor.levels);
        self.options.iter().chain(levels).chain(&self.study)
    }

    /// The options with the first level of each factor.
    pub(super) fn first_point(&self) -> impl Iterator<Item = &Word> {
        self.options.iter().chain(self.factors.iter().filter_map(|factor| factor.levels.first()))
    }
}
