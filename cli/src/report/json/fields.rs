//! The fields of a JSON object, written one after the other.

use serde::{Serialize, Serializer};
use std::io::{self, Write};

/// What a run of a model is shown as in JSON: fields, written in the order in which they
/// are added. The first error of writing is kept for the end.
pub struct Fields<'a> {
    out: &'a mut dyn Write,
    parameters: &'a dyn Fn(&mut Fields<'_>),
    begun: bool,
    result: io::Result<()>,
}

impl std::fmt::Debug for Fields<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fields").field("result", &self.result).finish_non_exhaustive()
    }
}

impl<'a> Fields<'a> {
    /// An object; `parameters` adds those of its model.
    pub(super) fn new(out: &'a mut dyn Write, parameters: &'a dyn Fn(&mut Fields<'_>)) -> Self {
        Self { out, parameters, begun: false, result: Ok(()) }
    }

    /// Adds a field. Its name is not checked: one that is there already stands there twice.
    pub fn add(&mut self, name: &str, value: impl Serialize) -> &mut Self {
        if self.result.is_ok() {
            self.result = self.write(name, &value);
        }
        self
    }

    /// Adds a list that is made while it is written: a million items need no second copy.
    pub fn list<I>(&mut self, name: &str, items: I) -> &mut Self
    where
        I: IntoIterator<IntoIter: Clone, Item: Serialize>,
    {
        self.add(name, List(items.into_iter()))
    }

    /// Adds `parameters`, the options as they are given or by default, and `horizon_s` if
    /// the run has one: what stands there if a model says nothing else.
    pub fn parameters(&mut self) -> &mut Self {
        let parameters = self.parameters;
        parameters(self);
        self
    }

    fn write(&mut self, name: &str, value: &impl Serialize) -> io::Result<()> {
        self.out.write_all(if self.begun { b"," } else { b"{" })?;
        self.begun = true;
        serde_json::to_writer(&mut *self.out, name)?;
        self.out.write_all(b":")?;
        serde_json::to_writer(&mut *self.out, value)?;
        Ok(())
    }

    /// Ends the object, and its line.
    pub(super) fn finish(self) -> io::Result<()> {
        self.result?;
        self.out.write_all(if self.begun { b"}\n" } else { b"{}\n" })
    }
}

struct List<I>(I);

impl<I: Iterator<Item: Serialize> + Clone> Serialize for List<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.clone())
    }
}
