//! Given choices between events, as one line of text.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// Which event comes next if there are several candidates: at event number *n* of the
/// run, the *k*-th candidate, counted from 0 in the order in which they were scheduled.
/// Events that are not listed have the choice 0, the order without a policy.
///
/// The choices print as one line, such as `57=1,63=2`, and are read from it.
///
/// # Examples
/// ```
/// use flagfall::TieChoices;
///
/// let choices: TieChoices = "57=1, 63=2".parse()?;
/// assert_eq!(choices.to_string(), "57=1,63=2");
/// assert_eq!(choices.len(), 2);
///
/// let error = "57=1,63".parse::<TieChoices>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "choice 2, `63`, is not EVENT=CANDIDATE: write 57=1 for the second candidate at event 57",
/// );
/// # Ok::<(), flagfall::ParseTiesError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TieChoices {
    pub(super) list: Vec<(u64, u32)>,
}

impl TieChoices {
    /// No choices: the order in which events were scheduled.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many choices differ from the order without a policy.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether the order is that without a policy.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The choices in the order of the events: the number of the event, from 1, and that of
    /// the candidate, from 0.
    pub fn iter(&self) -> impl Iterator<Item = (u64, u32)> {
        self.list.iter().copied()
    }

    /// Adds a choice. Its event must be later than those of all other choices.
    pub(crate) fn push(&mut self, event: u64, candidate: u32) {
        if candidate > 0 {
            self.list.push((event, candidate));
        }
    }
}

impl FromIterator<(u64, u32)> for TieChoices {
    /// From pairs of event and candidate in any order. If there are several for one event,
    /// the last counts.
    fn from_iter<I: IntoIterator<Item = (u64, u32)>>(choices: I) -> Self {
        let last: BTreeMap<u64, u32> = choices.into_iter().collect();
        Self { list: last.into_iter().filter(|(_, candidate)| *candidate > 0).collect() }
    }
}

impl fmt::Display for TieChoices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let choices = self.list.iter().map(|(event, candidate)| format!("{event}={candidate}"));
        f.write_str(&choices.collect::<Vec<_>>().join(","))
    }
}

/// Why a text is no [`TieChoices`] or [`TiePolicy`](super::TiePolicy). It prints the place
/// and the remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseTiesError {
    pub(super) message: String,
}

impl fmt::Display for ParseTiesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ParseTiesError {}

impl FromStr for TieChoices {
    type Err = ParseTiesError;

    fn from_str(text: &str) -> Result<Self, ParseTiesError> {
        let mut choices = Self::new();
        let mut last = 0;
        for (place, word) in (1..).zip(text.split(',')) {
            let word = word.trim();
            let fail = |what: &str| {
                Err(ParseTiesError { message: format!("choice {place}, `{word}`, {what}") })
            };
            let number =
                |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            let Some((event, candidate)) =
                word.split_once('=').filter(|(e, c)| number(e) && number(c))
            else {
                return fail(
                    "is not EVENT=CANDIDATE: write 57=1 for the second candidate at event 57",
                );
            };
            let (Ok(event), Ok(candidate)) = (event.parse::<u64>(), candidate.parse::<u32>())
            else {
                return fail("has a number that no event or candidate can have");
            };
            if event <= last {
                return fail(&format!(
                    "is at event {event}: events count from 1, and each choice is at a later one \
                     than the choice before it"
                ));
            }
            last = event;
            choices.push(event, candidate);
        }
        Ok(choices)
    }
}
