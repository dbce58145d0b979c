//! The ingredients of a digest.

use std::fmt;
use std::ops::BitOr;
use std::str::FromStr;

/// The parts of each record that go into the digest of a run.
///
/// Two runs have equal digests if and only if the chosen parts are equal in both, except for
/// a chance of 2^-128. The kind of each record ([`RecordKind`](crate::RecordKind)) is always
/// included. The default, [`STANDARD`](Self::STANDARD), has all parts that determine the next
/// events. Other choices find more differences, or ignore some. Cost: other choices than the
/// default are slower, because every ingredient of every record is tested.
///
/// It prints and parses as names separated by commas: `times,order,receivers`. `standard` and
/// `all` are also read: `standard,draws`.
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
/// assert!(error.to_string().starts_with("`oder` is not an ingredient of a digest"));
/// # Ok::<(), flagfall::ParseIngredientsError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub struct Ingredients(u8);

const NAMES: [(&str, Ingredients); 8] = [
    ("times", Ingredients::TIMES),
    ("order", Ingredients::ORDER),
    ("receivers", Ingredients::RECEIVERS),
    ("senders", Ingredients::SENDERS),
    ("contents", Ingredients::CONTENTS),
    ("draws", Ingredients::DRAWS),
    ("results", Ingredients::RESULTS),
    ("claims", Ingredients::CLAIMS),
];

impl Ingredients {
    /// The virtual times of records.
    pub const TIMES: Self = Self(1);
    /// The order of records. Without it, runs with the same records in another order are
    /// equal.
    pub const ORDER: Self = Self(2);
    /// The receivers.
    pub const RECEIVERS: Self = Self(4);
    /// The senders. They are not in the default: they follow from what each actor received,
    /// and keeping them until a message arrives has a cost.
    pub const SENDERS: Self = Self(8);
    /// The contents of messages.
    pub const CONTENTS: Self = Self(16);
    /// The random words that actors drew from streams that they opened during the run, each
    /// with its stream.
    pub const DRAWS: Self = Self(32);
    /// The result of a [`Model`](crate::model::Model), as `Debug` prints it.
    pub const RESULTS: Self = Self(64);
    /// The steps of claims of resources, containers and stores, each as a record
    /// ([`RecordKind::is_of_claim`](crate::RecordKind::is_of_claim)). They are not in the default:
    /// whom they wake is in the records of the events, and a record of each step has a cost.
    pub const CLAIMS: Self = Self(128);
    /// Times, order, receivers and contents.
    pub const STANDARD: Self = Self(1 | 2 | 4 | 16);
    /// All of them.
    pub const ALL: Self = Self(255);

    /// Whether it has all of those.
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
            "`{}` is not an ingredient of a digest: write some of {names}, separated by commas; \
             `standard` or `all` among them",
            self.word
        )
    }
}

impl std::error::Error for ParseIngredientsError {}
