//! What a digest is made of.

use std::fmt;
use std::ops::BitOr;
use std::str::FromStr;

/// What of each record goes into the digest of a run.
///
/// Two runs have equal digests exactly when what was chosen is equal in both
/// (but for a chance of 2^-128). What became of each event
/// ([`RecordKind`](crate::RecordKind)) always goes in. The default,
/// [`STANDARD`](Self::STANDARD), is whatever decides what happens next; the rest
/// is for finding out more, or for finding things equal that differ elsewhere.
/// Cost: another choice than the default takes a slower path, which looks at
/// every ingredient of every record.
///
/// Prints and parses as names separated by commas: `times,order,receivers`;
/// `standard` and `all` are read, too: `standard,draws`.
///
/// # Examples
/// ```
/// use flagfall::Ingredients;
///
/// let chosen: Ingredients = "receivers,contents".parse()?;
/// assert_eq!(chosen, Ingredients::RECEIVERS | Ingredients::CONTENTS);
/// assert!(!chosen.contains(Ingredients::TIMES));
/// assert_eq!(chosen.to_string(), "receivers,contents");
/// assert_eq!("standard".parse(), Ok(Ingredients::STANDARD));
///
/// let error = "times,oder".parse::<Ingredients>().unwrap_err();
/// assert!(error.to_string().starts_with("`oder` is no ingredient of a digest"));
/// # Ok::<(), flagfall::ParseIngredientsError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub struct Ingredients(u8);

const NAMES: [(&str, Ingredients); 7] = [
    ("times", Ingredients::TIMES),
    ("order", Ingredients::ORDER),
    ("receivers", Ingredients::RECEIVERS),
    ("senders", Ingredients::SENDERS),
    ("contents", Ingredients::CONTENTS),
    ("draws", Ingredients::DRAWS),
    ("results", Ingredients::RESULTS),
];

impl Ingredients {
    /// When it happened.
    pub const TIMES: Self = Self(1);
    /// In which order: without it, runs are equal in which the same happened
    /// in another order.
    pub const ORDER: Self = Self(2);
    /// To whom.
    pub const RECEIVERS: Self = Self(4);
    /// From whom. Not in the default: who sent what follows from what each
    /// received, and remembering it until the message arrives is not free.
    pub const SENDERS: Self = Self(8);
    /// What the messages said.
    pub const CONTENTS: Self = Self(16);
    /// The random words that actors drew, each with its stream, from the
    /// streams that they opened during the run.
    pub const DRAWS: Self = Self(32);
    /// What a [`Model`](crate::model::Model) computed, as `Debug` prints it.
    pub const RESULTS: Self = Self(64);
    /// Times, order, receivers and contents.
    pub const STANDARD: Self = Self(1 | 2 | 4 | 16);
    /// All of them.
    pub const ALL: Self = Self(127);

    /// Whether all of those are in.
    #[must_use]
    pub fn contains(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }
}

impl Default for Ingredients {
    fn default() -> Self {
        Self::STANDARD
    }
}

impl BitOr for Ingredients {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl fmt::Display for Ingredients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let chosen = NAMES.iter().filter(|(_, ingredient)| self.contains(*ingredient));
        let names: Vec<&str> = chosen.map(|(name, _)| *name).collect();
        f.pad(&names.join(","))
    }
}

impl fmt::Debug for Ingredients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ingredients({self})")
    }
}

impl FromStr for Ingredients {
    type Err = ParseIngredientsError;

    fn from_str(text: &str) -> Result<Self, ParseIngredientsError> {
        let mut chosen = Self(0);
        for word in text.split(',').map(str::trim) {
            let sets = [("all", Self::ALL), ("standard", Self::STANDARD)];
            let known = NAMES.iter().chain(&sets).find(|(name, _)| *name == word);
            let (_, ingredients) =
                known.ok_or_else(|| ParseIngredientsError { word: word.to_owned() })?;
            chosen = chosen | *ingredients;
        }
        Ok(chosen)
    }
}

/// Why a text names no ingredients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseIngredientsError {
    word: String,
}

impl fmt::Display for ParseIngredientsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = NAMES.map(|(name, _)| name).join(", ");
        write!(
            f,
            "`{}` is no ingredient of a digest: write some of {names}, separated by commas; \
             `standard` or `all` among them",
            self.word
        )
    }
}

impl std::error::Error for ParseIngredientsError {}
