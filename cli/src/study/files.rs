//! Files that are written whole, and their checksums.

use super::error::{StudyError, StudyProblem};
use super::names::{CHECKSUMS, CSV, MANIFEST, MARKDOWN, PARQUET, SUMMARY};
use super::origin::Origin;
use super::{MOST_JSON, Manifest};
use crate::disk::{self, NewFile};
use serde::Serialize;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, ErrorKind, Read, Write};
use std::path::Path;
use twox_hash::XxHash3_128;

/// A file's new contents on the disk, beside the place that they are for.
#[derive(Debug)]
pub(super) struct New {
    file: NewFile,
    /// 32 hexadecimal digits (XXH3-128), as `xxhsum -H2` prints them.
    checksum: String,
}

impl New {
    /// Writes what is to become the file at `path`, down to the disk.
    pub(super) fn write(
        path: &Path,
        write: impl FnOnce(&mut Out) -> io::Result<()>,
    ) -> Result<Self, StudyError> {
        let written = Self::begin(path).and_then(|(new, mut out)| {
            write(&mut out)?;
            Self::end(new, out)
        });
        written.map_err(StudyError::io(path, "write"))
    }

    /// What is to become the file at `path`, to be written.
    pub(super) fn begin(path: &Path) -> io::Result<(NewFile, Out)> {
        let (new, file) = NewFile::create(path)?;
        let file = Summed { file, hash: XxHash3_128::new() };
        Ok((new, BufWriter::with_capacity(1 << 16, file)))
    }

    /// All of it was written: puts it onto the disk.
    pub(super) fn end(file: NewFile, out: Out) -> io::Result<Self> {
        let Summed { file: new, hash } =
            out.into_inner().map_err(io::IntoInnerError::into_error)?;
        new.sync_all()?;
        Ok(Self { file, checksum: digits(&hash) })
    }

    /// Puts the file into its place.
    pub(super) fn place(self) -> Result<(), StudyError> {
        let path = self.file.path.clone();
        self.file.place().map_err(StudyError::io(&path, "write"))
    }

    /// Its line in the file of checksums.
    pub(super) fn line(&self) -> String {
        line(&self.checksum, &self.file.path)
    }
}

/// What the contents of a new file are written to.
pub(super) type Out = BufWriter<Summed>;

/// A file with the checksum of what is written into it.
pub(super) struct Summed<W = File> {
    file: W,
    hash: XxHash3_128,
}

impl<W: Write> Write for Summed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.hash.write(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Writes a file anew, at once.
pub(super) fn replace(
    path: &Path,
    write: impl FnOnce(&mut Out) -> io::Result<()>,
) -> Result<(), StudyError> {
    New::write(path, write)?.place()
}

/// A value as JSON: what is deeper than a list of points is on one line, so that a large grid
/// has one line per point.
pub(super) fn json(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    let mut serializer =
        serde_json::Serializer::with_formatter(&mut *out, Lines { depth: 0, empty: true });
    value.serialize(&mut serializer)?;
    out.write_all(b"\n")
}

struct Lines {
    depth: usize,
    /// Whether nothing came after the last bracket.
    empty: bool,
}

impl Lines {
    /// Writes what separates an item from the one before; `first` says that there is none before.
    fn begin<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.empty = false;
        if !first {
            out.write_all(b",")?;
        }
        match self.depth {
            0..=2 => self.line(out, self.depth),
            _ if first => Ok(()),
            _ => out.write_all(b" "),
        }
    }

    fn line<W: ?Sized + Write>(&self, out: &mut W, depth: usize) -> io::Result<()> {
        out.write_all(b"\n")?;
        (0..depth).try_for_each(|_| out.write_all(b"  "))
    }

    fn end<W: ?Sized + Write>(&mut self, out: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth -= 1;
        if self.depth < 2 && !self.empty {
            self.line(out, self.depth)?;
        }
        self.empty = false;
        out.write_all(bracket)
    }
}

impl serde_json::ser::Formatter for Lines {
    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        (self.depth, self.empty) = (self.depth + 1, true);
        out.write_all(b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.end(out, b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.begin(out, first)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        (self.depth, self.empty) = (self.depth + 1, true);
        out.write_all(b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.end(out, b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.begin(out, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }
}

/// The line of a file that is there.
pub(super) fn checksum_line(path: &Path) -> Result<String, StudyError> {
    let checksum = checksum(path).map_err(StudyError::io(path, "read"))?;
    Ok(line(&checksum, path))
}

/// The text of the file of checksums: a first line with [`HEAD`], a checksum of origin and
/// lines, and the origin; then the lines of the files, as `xxhsum -H2` writes and checks them.
pub(super) fn sealed(origin: &Origin, lines: &str) -> String {
    format!("{HEAD}{} {}\n{lines}", seal(&origin.text(), lines), origin.text())
}

const HEAD: &str = "# flagfall study ";

fn seal(origin: &str, lines: &str) -> String {
    let mut hash = XxHash3_128::new();
    hash.write(&(origin.len() as u64).to_le_bytes());
    hash.write(origin.as_bytes());
    hash.write(lines.as_bytes());
    digits(&hash)
}

/// The result of a comparison of a finished study's files with its checksums.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Checked {
    /// Files that are not what was written: changed, or gone, or there without a checksum.
    pub(super) changed: Vec<String>,
    /// There never were rows in Parquet: a build without it wrote the files.
    pub(super) no_parquet: bool,
    /// The checksums that the files are to have, and the names of the files.
    checksums: Vec<(String, String)>,
}

/// Compares the files of a finished study with its checksums.
///
/// # Errors
/// [`StudyProblem::Foreign`] if the checksums are of another study than `origin`;
/// [`StudyProblem::Io`] if a file cannot be read.
pub(super) fn check(folder: &Path, origin: &Origin) -> Result<Checked, StudyError> {
    let path = folder.join(CHECKSUMS);
    let text = match disk::text(&path, MOST_JSON) {
        Ok(text) => text,
        Err(error) if [ErrorKind::NotFound, ErrorKind::InvalidData].contains(&error.kind()) => {
            String::new()
        }
        Err(error) => return Err(StudyError::io(&path, "read")(error)),
    };
    let Some((of, lines)) = opened(&text) else {
        return Ok(Checked { changed: vec![CHECKSUMS.to_owned()], ..Checked::default() });
    };
    of.check(&path, origin, false)?;
    let mut checked = Checked::default();
    let mut missing = vec![MANIFEST, CSV, PARQUET, MARKDOWN, SUMMARY];
    for (wanted, name) in lines {
        missing.retain(|wanted| *wanted != name);
        checked.checksums.push((wanted.to_owned(), name.to_owned()));
        match checksum(&folder.join(name)) {
            Ok(checksum) if checksum == wanted => {}
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(StudyError::io(&folder.join(name), "read")(error));
            }
            _ => checked.changed.push(name.to_owned()),
        }
    }
    for name in missing {
        // A file without a checksum cannot be trusted.
        let is_there = folder.join(name).exists();
        match name {
            PARQUET if !is_there => checked.no_parquet = true,
            _ => checked.changed.push(name.to_owned()),
        }
    }
    Ok(checked)
}

/// Origin and lines, if the list is what was written.
fn opened(text: &str) -> Option<(Origin, Vec<(&str, &str)>)> {
    let (head, lines) = text.split_once('\n')?;
    let (sealed, origin) = head.strip_prefix(HEAD)?.split_once(' ')?;
    if sealed != seal(origin, lines) {
        return None;
    }
    let each = lines.lines().map(|line| line.split_once("  "));
    Some((Origin::parse(origin)?, each.collect::<Option<_>>()?))
}

/// Checks that the files of a finished study are what was written, and of the study of the
/// manifest.
///
/// # Errors
/// [`StudyProblem::Changed`] with their names if not; [`StudyProblem::Foreign`] if they are
/// those of another study.
pub fn vouch(folder: &Path, manifest: &Manifest) -> Result<(), StudyError> {
    vouched(folder, manifest).map(drop)
}

/// As [`vouch`]; returns the checksums of the files.
fn vouched(folder: &Path, manifest: &Manifest) -> Result<Vec<(String, String)>, StudyError> {
    let Checked { changed, checksums, .. } = check(folder, &Origin::of(manifest))?;
    match changed.is_empty() {
        true => Ok(checksums),
        false => Err(StudyProblem::Changed(changed).at(folder)),
    }
}

/// A file of a finished study. Reading its last byte is an error if the bytes before were not
/// those that were written: it may be changed after it was opened.
pub(super) struct Vouched {
    file: File,
    hash: XxHash3_128,
    wanted: String,
}

impl Vouched {
    /// Checks all files of a finished study, and opens one of them.
    pub(super) fn open(folder: &Path, manifest: &Manifest, name: &str) -> Result<Self, StudyError> {
        let checksums = vouched(folder, manifest)?.into_iter();
        let path = folder.join(name);
        let file = disk::open(&path).map_err(StudyError::io(&path, "read"))?;
        let wanted = checksums.filter(|(_, of)| of == name).map(|(checksum, _)| checksum).collect();
        Ok(Self { file, hash: XxHash3_128::new(), wanted })
    }
}

impl Read for Vouched {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(into)?;
        self.hash.write(&into[..count]);
        if count == 0 && !into.is_empty() && digits(&self.hash) != self.wanted {
            let text = "it was changed while it was read";
            return Err(io::Error::new(ErrorKind::InvalidData, text));
        }
        Ok(count)
    }
}

fn checksum(path: &Path) -> io::Result<String> {
    let mut sum = Summed { file: io::sink(), hash: XxHash3_128::new() };
    io::copy(&mut BufReader::with_capacity(1 << 16, disk::open(path)?), &mut sum)?;
    Ok(digits(&sum.hash))
}

fn digits(hash: &XxHash3_128) -> String {
    format!("{:032x}", hash.finish_128())
}

fn line(checksum: &str, path: &Path) -> String {
    format!("{checksum}  {}\n", name(path))
}

fn name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}
