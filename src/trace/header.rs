//! The header of a trace file: what was run.

use super::bytes::{Bytes, put_number, put_text};
use super::error::TraceError;
use super::mark::{self, MARK, Mark};
use super::{FORMAT, MOST_OF_HEADER, checksum};
use std::io::{Read, Seek, SeekFrom};

/// The magic number of trace files. As in PNG, the first byte is not ASCII, and `\r\n` shows a
/// conversion of line ends.
pub(super) const MAGIC: [u8; 8] = *b"\x89FFTRC\r\n";

/// The largest number of texts of a kind.
const MOST_TEXTS: usize = 1 << 14;

/// The length of magic number, format, length and checksum.
const HEAD: usize = mark::AT;

/// What was run: enough to run it again, and to distinguish two runs.
///
/// # Examples
/// ```
/// use flagfall::trace::Header;
///
/// let header = Header::new(["run", "taxi"]).ingredient("seed", "42");
/// assert_eq!(header.version, env!("CARGO_PKG_VERSION"));
/// assert_eq!(header.get("seed"), Some("42"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Header {
    /// The version of flagfall that ran it.
    pub version: String,
    /// The command that ran it, as a list of arguments.
    pub command: Vec<String>,
    /// Everything that the run depends on, by name: seed, latency, the model's
    /// parameters.
    pub ingredients: Vec<(String, String)>,
    /// Whether draws are kept.
    pub draws: bool,
}

/// A header that was read.
pub(super) struct Found {
    pub(super) header: Header,
    /// Its checksum.
    pub(super) sum: u64,
    /// `None` if the mark is damaged.
    pub(super) mark: Option<Mark>,
    /// Where it ends.
    pub(super) end: u64,
}

impl Header {
    /// A header of this version of flagfall for a command.
    #[must_use]
    pub fn new<S: Into<String>>(command: impl IntoIterator<Item = S>) -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            command: command.into_iter().map(Into::into).collect(),
            ingredients: Vec::new(),
            draws: false,
        }
    }

    /// Sets whether draws are kept. Then the run must [show them](crate::Config::draws).
    #[must_use]
    pub fn draws(self, draws: bool) -> Self {
        Self { draws, ..self }
    }

    /// Adds something that the run depends on.
    #[must_use]
    pub fn ingredient(mut self, name: &str, value: impl Into<String>) -> Self {
        self.ingredients.push((name.to_owned(), value.into()));
        self
    }

    /// An ingredient by its name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.ingredients.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The ingredients in which two headers differ, with the version: the name, the value
    /// here and the value in `other`.
    #[must_use]
    pub fn differences<'a>(&'a self, other: &'a Self) -> Vec<(&'a str, &'a str, &'a str)> {
        let mut found = Vec::new();
        if self.version != other.version {
            found.push(("flagfall", self.version.as_str(), other.version.as_str()));
        }
        for (name, value) in &self.ingredients {
            let there = other.get(name).unwrap_or("(none)");
            if value != there {
                found.push((name, value, there));
            }
        }
        for (name, value) in &other.ingredients {
            if self.get(name).is_none() {
                found.push((name, "(none)", value));
            }
        }
        found
    }

    /// The bytes of the header, and its checksum.
    pub(super) fn encode(&self) -> Result<(Vec<u8>, u64), TraceError> {
        let mut body = Vec::new();
        put_text(&mut body, &self.version);
        put_number(&mut body, self.command.len() as u64);
        self.command.iter().for_each(|word| put_text(&mut body, word));
        put_number(&mut body, self.ingredients.len() as u64);
        for (name, value) in &self.ingredients {
            put_text(&mut body, name);
            put_text(&mut body, value);
        }
        put_number(&mut body, u64::from(self.draws));
        if body.len() > MOST_OF_HEADER
            || self.command.len().max(self.ingredients.len()) > MOST_TEXTS
        {
            return Err(TraceError::LongHeader { bytes: body.len() });
        }
        let mut bytes = MAGIC.to_vec();
        bytes.extend(FORMAT.to_le_bytes());
        bytes.extend((body.len() as u32).to_le_bytes());
        let sum = checksum(&[&bytes, &body]);
        bytes.extend(sum.to_le_bytes());
        bytes.extend(Mark::Unfinished.encode(sum));
        bytes.extend(body);
        Ok((bytes, sum))
    }

    /// Reads a header from the beginning of a file.
    pub(super) fn read(input: &mut (impl Read + Seek)) -> Result<Found, TraceError> {
        input.seek(SeekFrom::Start(0))?;
        let mut head = Vec::with_capacity(HEAD);
        input.by_ref().take(HEAD as u64).read_to_end(&mut head)?;
        if head.len() < MAGIC.len() || head[..MAGIC.len()] != MAGIC {
            return Err(TraceError::NotATrace);
        }
        let damaged = || TraceError::damaged(0, "its header");
        let mut bytes = Bytes(&head[MAGIC.len()..]);
        let format = bytes.u32().ok_or_else(damaged)?;
        if format != FORMAT {
            return Err(TraceError::Version(format));
        }
        let length = bytes.u32().ok_or_else(damaged)? as usize;
        let sum = bytes.u64().ok_or_else(damaged)?;
        if length > MOST_OF_HEADER {
            return Err(damaged());
        }
        let mut mark = Vec::with_capacity(MARK);
        input.by_ref().take(MARK as u64).read_to_end(&mut mark)?;
        let mut body = Vec::new();
        input.by_ref().take(length as u64).read_to_end(&mut body)?;
        if body.len() != length || checksum(&[&head[..HEAD - 8], &body]) != sum {
            return Err(damaged());
        }
        let header = Self::decode(&body).ok_or_else(damaged)?;
        let mark = Mark::decode(&mark, sum);
        Ok(Found { header, sum, mark, end: (HEAD + MARK + length) as u64 })
    }

    fn decode(body: &[u8]) -> Option<Self> {
        let mut bytes = Bytes(body);
        let text = |bytes: &mut Bytes<'_>| bytes.text(MOST_OF_HEADER).map(str::to_owned);
        let version = text(&mut bytes)?;
        let count = bytes.count(MOST_TEXTS)?;
        let command = (0..count).map(|_| text(&mut bytes)).collect::<Option<_>>()?;
        let count = bytes.count(MOST_TEXTS)?;
        let ingredient = |_| Some((text(&mut bytes)?, text(&mut bytes)?));
        let ingredients = (0..count).map(ingredient).collect::<Option<_>>()?;
        let draws = bytes.count(1)? == 1;
        bytes.end()?;
        Some(Self { version, command, ingredients, draws })
    }
}
