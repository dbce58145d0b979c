//! Snapshot files: a frame with a checksum over every byte.
//!
//! | bytes | what |
//! |---|---|
//! | 8 | `FLAGSNAP` |
//! | 2 | version of the format |
//! | 4 | length of the header |
//! | | header: who wrote it, what was run, where the run is |
//! | 8 | length of the contents |
//! | | contents: the simulation |
//! | 16 | XXH3-128 of everything before |
//!
//! Numbers are little-endian. Lengths have limits. Memory is allocated for the bytes that
//! are read, not for the length in the file. Nothing is decoded before the checksum is
//! verified. The checksum finds damage only, because a forged file can have a valid one. So
//! decoded data is checked again ([`Simulation::resume`](crate::Simulation)).

use crate::time::VirtualTime;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::fmt;
use std::hash::Hash;
use std::io::{self, Read, Write};
use twox_hash::XxHash3_128;

const MAGIC: &[u8; 8] = b"FLAGSNAP";

/// The version of the format that is written and read.
pub const FORMAT: u16 = 8;

/// The longest header that is read: 16 MiB.
const HEADER_MAX: u64 = 1 << 24;

/// The longest contents that are read: 16 GiB.
const CONTENTS_MAX: u64 = 1 << 34;

/// The header of a snapshot file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The version of flagfall that wrote it.
    pub version: String,
    /// What was run, as given to [`Simulation::save`](crate::Simulation::save). The command
    /// writes its arguments here.
    pub scenario: Vec<String>,
    /// The virtual time of the snapshot.
    pub time: VirtualTime,
    /// How many events had happened.
    pub event: u64,
    /// The digest up to there, unless turned off.
    pub digest: Option<String>,
}

/// Why a file is not a snapshot that can be resumed.
#[derive(Debug)]
#[non_exhaustive]
pub enum FileError {
    /// The file cannot be read or written.
    Io(io::Error),
    /// The file does not begin as a snapshot does.
    NotASnapshot,
    /// The file has a format that this version cannot read.
    Format {
        /// The version of its format.
        found: u16,
    },
    /// The file is too short.
    Truncated,
    /// The file has bytes after its end.
    TooLong,
    /// A length in the file is above the limit.
    TooLarge {
        /// The length, in bytes.
        claimed: u64,
    },
    /// The file is damaged: the checksum differs.
    Checksum,
    /// Another version of flagfall wrote the file, and its snapshots may have another meaning.
    Version {
        /// The version that wrote it.
        found: String,
    },
    /// The checksum is right, but a part cannot be decoded.
    Undecodable {
        /// The part.
        part: String,
    },
    /// The checksum is right, but two parts contradict each other.
    Inconsistent {
        /// What is wrong.
        what: &'static str,
    },
    /// The file needs a type that is not registered.
    Unregistered {
        /// The name in the file.
        name: String,
    },
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::NotASnapshot => write!(f, "this is not a snapshot"),
            Self::Format { found } => write!(
                f,
                "the snapshot has format {found}, and this version reads format {FORMAT}: resume \
                 it with the version that wrote it"
            ),
            Self::Truncated => write!(f, "the snapshot ends early: copy it again"),
            Self::TooLong => write!(f, "something follows the snapshot: copy it again"),
            Self::TooLarge { claimed } => {
                write!(f, "the snapshot claims a part of {claimed} bytes, which is too large")
            }
            Self::Checksum => write!(f, "the snapshot is damaged (its checksum differs)"),
            Self::Version { found } => write!(
                f,
                "the snapshot was written by flagfall {found}, and this is {}: resume it with the \
                 version that wrote it",
                env!("CARGO_PKG_VERSION")
            ),
            Self::Undecodable { part } => write!(f, "the snapshot's {part} cannot be decoded"),
            Self::Inconsistent { what } => write!(f, "the snapshot contradicts itself: {what}"),
            Self::Unregistered { name } => write!(
                f,
                "the snapshot has something named `{name}`, which is not registered under that \
                 name"
            ),
        }
    }
}

impl std::error::Error for FileError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for FileError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::UnexpectedEof { Self::Truncated } else { Self::Io(error) }
    }
}

/// Writes a snapshot file.
pub(crate) fn write(
    header: &Header,
    contents: &[u8],
    mut out: impl Write,
) -> Result<(), FileError> {
    let header = encode(header, "header")?;
    let mut checksum = XxHash3_128::new();
    let parts: [&[u8]; 6] = [
        MAGIC,
        &FORMAT.to_le_bytes(),
        &length(&header, HEADER_MAX)?.to_le_bytes()[..4],
        &header,
        &length(contents, CONTENTS_MAX)?.to_le_bytes(),
        contents,
    ];
    for part in parts {
        checksum.write(part);
        out.write_all(part)?;
    }
    out.write_all(&checksum.finish_128().to_le_bytes())?;
    out.flush()?;
    Ok(())
}

fn length(bytes: &[u8], most: u64) -> Result<u64, FileError> {
    let claimed = bytes.len() as u64;
    if claimed > most { Err(FileError::TooLarge { claimed }) } else { Ok(claimed) }
}

/// Reads a snapshot file to its end: its header and its contents.
pub(crate) fn read(input: impl Read) -> Result<(Header, Vec<u8>), FileError> {
    let mut input = Summed { input, checksum: XxHash3_128::new() };
    let magic: [u8; 8] = input.array().map_err(|error| match error {
        FileError::Truncated => FileError::NotASnapshot,
        error => error,
    })?;
    if &magic != MAGIC {
        return Err(FileError::NotASnapshot);
    }
    let found = u16::from_le_bytes(input.array()?);
    if found != FORMAT {
        return Err(FileError::Format { found });
    }
    let claimed = u64::from(u32::from_le_bytes(input.array()?));
    let header = input.bytes(claimed, HEADER_MAX)?;
    let claimed = u64::from_le_bytes(input.array()?);
    let contents = input.bytes(claimed, CONTENTS_MAX)?;
    let computed = input.checksum.finish_128();
    if u128::from_le_bytes(input.array()?) != computed {
        return Err(FileError::Checksum);
    }
    if input.input.read(&mut [0])? > 0 {
        return Err(FileError::TooLong);
    }
    let header: Header = decode(&header, "header")?;
    if header.version != env!("CARGO_PKG_VERSION") {
        return Err(FileError::Version { found: header.version });
    }
    Ok((header, contents))
}

/// The header of a snapshot file. The whole file is read, and its checksum is verified.
///
/// # Errors
/// As [`Simulation::resume`](crate::Simulation::resume) for the frame.
pub fn header(input: impl Read) -> Result<Header, FileError> {
    read(input).map(|(header, _)| header)
}

/// Computes the checksum of the bytes that it reads.
struct Summed<R> {
    input: R,
    checksum: XxHash3_128,
}

impl<R: Read> Summed<R> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N], FileError> {
        let mut bytes = [0; N];
        self.input.read_exact(&mut bytes)?;
        self.checksum.write(&bytes);
        Ok(bytes)
    }

    /// Reads `claimed` bytes. Memory is allocated for bytes read, not for the length claimed.
    fn bytes(&mut self, claimed: u64, most: u64) -> Result<Vec<u8>, FileError> {
        if claimed > most {
            return Err(FileError::TooLarge { claimed });
        }
        let mut bytes = Vec::new();
        let found = self.input.by_ref().take(claimed).read_to_end(&mut bytes)?;
        if (found as u64) < claimed {
            return Err(FileError::Truncated);
        }
        self.checksum.write(&bytes);
        Ok(bytes)
    }
}

/// Encodes a value; `part` names it in an error.
///
/// # Errors
/// [`FileError::Undecodable`] if the value cannot be encoded.
pub fn encode(value: &impl Serialize, part: &str) -> Result<Vec<u8>, FileError> {
    postcard::to_allocvec(value).map_err(|_| FileError::Undecodable { part: part.to_owned() })
}

/// Decodes a value from all of these bytes; `part` names it in an error.
///
/// # Errors
/// [`FileError::Undecodable`] if they are not such a value, or if bytes are left over.
pub fn decode<T: DeserializeOwned>(bytes: &[u8], part: &str) -> Result<T, FileError> {
    let mut values = decode_many(bytes, 1, part)?;
    Ok(values.pop().expect("one was read"))
}

/// Decodes several values, one after the other.
pub(crate) fn decode_many<T: DeserializeOwned>(
    mut bytes: &[u8],
    count: usize,
    part: &str,
) -> Result<Vec<T>, FileError> {
    let undecodable = || FileError::Undecodable { part: part.to_owned() };
    let mut values = Vec::new();
    for _ in 0..count {
        let (value, rest) = postcard::take_from_bytes(bytes).map_err(|_| undecodable())?;
        values.push(value);
        bytes = rest;
    }
    if bytes.is_empty() { Ok(values) } else { Err(undecodable()) }
}

/// Bytes that are written at once, not one by one.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Bytes(pub(crate) Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&[u8]>::deserialize(deserializer).map(|bytes| Self(bytes.to_vec()))
    }
}

/// A map of the entries; an error if two keys are equal.
pub(crate) fn unique<K: Hash + Eq, V>(
    entries: Vec<(K, V)>,
) -> Result<FxHashMap<K, V>, &'static str> {
    let count = entries.len();
    let map: FxHashMap<K, V> = entries.into_iter().collect();
    if map.len() == count { Ok(map) } else { Err("something is there twice") }
}
