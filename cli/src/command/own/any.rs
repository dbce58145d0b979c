//! A model of any type, which all commands take.

use super::asked::Asked;
use super::erased::{Erased, Handles, View};
use super::kind::Kind;
use super::model::{Preparation, PrepareError, Shown};
use crate::command::talk::{Failure, ModelPanic, without_panic_messages};
use crate::disk;
use crate::report::json;
use crate::scenario::{of_run, written};
use clap::ArgMatches;
use flagfall::measure::Measures;
use flagfall::model::{Measured, Model, Run};
use flagfall::{Config, Simulation};
use std::fmt::{self, Write as _};
use std::io::{self, Read, Write};
use std::ops::Deref;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use twox_hash::XxHash3_128;

pub(crate) struct AnyModel {
    kind: Arc<Kind>,
    model: Box<dyn Erased>,
    options: Vec<(String, Vec<String>)>,
    asked: Asked,
}

impl AnyModel {
    pub(crate) fn parse(kind: &Arc<Kind>, matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self {
            kind: Arc::clone(kind),
            model: (kind.parse)(matches)?,
            options: kind.given(matches),
            asked: Asked::of(matches),
        })
    }

    pub(crate) fn name(&self) -> &'static str {
        self.kind.name
    }

    /// Checks the options together, and prepares what all runs need.
    pub(crate) fn prepare(&mut self, preparation: &Preparation<'_>) -> Result<(), Failure> {
        let model = &mut self.model;
        without_panic_messages(|| {
            model.check().map_err(Failure::Usage)?;
            model.prepare(preparation).map_err(|error| match error {
                PrepareError::Options(text) => Failure::Usage(text),
                PrepareError::File(text) => Failure::Files(text),
            })
        })
    }

    /// The files that its options name: the values of options for paths, and any value
    /// that is an existing path.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let of = |(name, values): &(String, Vec<String>)| {
            let named = |value: &&String| self.kind.is_path(name) || Path::new(value).exists();
            values.iter().filter(named).map(PathBuf::from).collect::<Vec<_>>()
        };
        self.options.iter().flat_map(of).collect()
    }

    /// The options that give its parameters.
    pub(crate) fn settings(&self) -> Vec<(String, Vec<String>)> {
        let named = |(name, values): (&str, Vec<String>)| (name.to_owned(), values);
        self.model
            .settings()
            .map_or_else(|| self.options.clone(), |all| all.into_iter().map(named).collect())
    }

    /// All parameters of its runs, defaults included: those of the model, and those of the run but
    /// for seed and replication. They may have the contents of files.
    pub(crate) fn parameters(&self, config: &Config) -> Vec<(String, String)> {
        let mut all = self.settings();
        // Settings may leave out what is as usual.
        let known = |of: &[(String, _)], name: &str| of.iter().any(|(known, _)| *known == name);
        let more = self.options.iter().filter(|(name, _)| !known(&all, name)).cloned();
        all.extend(more.collect::<Vec<_>>());
        let own = all.into_iter().map(|(name, values)| (name, values.join(", ")));
        own.chain(of_run(config)).collect()
    }

    /// The options of the model as they are given or by default: files by their names alone.
    pub(crate) fn options(&self) -> impl Iterator<Item = (String, String)> + '_ {
        self.options.iter().map(|(name, values)| (name.clone(), values.join(", ")))
    }

    pub(crate) fn scenario(&self, config: &Config) -> String {
        written(self.kind.name, config, &self.settings(), |name| self.kind.is_flag(name))
    }

    /// All that decides its runs. Settings have the contents of files; options as the user wrote
    /// them have the names alone, so what is in the files follows.
    pub(crate) fn identity(&self, config: &Config) -> String {
        let mut text = self.scenario(config);
        if self.model.settings().is_some() {
            return text;
        }
        let is_read = |name: &str| self.kind.is_path(name) && !self.kind.writes.contains(&name);
        for (name, values) in self.options.iter().filter(|(name, _)| is_read(name)) {
            for value in values {
                // What cannot be read is told when the model reads it.
                if let Ok(hash) = hash_of(Path::new(value)) {
                    let _ = writeln!(text, "{name} {hash:032x}");
                }
            }
        }
        text
    }

    /// Writes the results of a run as one JSON object on one line.
    pub(crate) fn json(
        &self,
        ended: View<'_>,
        (config, run): (&Config, &Run<Measures>),
        shown: Shown,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let options = (self.kind.name, &self.options[..]);
        json::run(out, options, (config, run), &run.result, |fields| {
            self.model.json(ended, shown, fields);
        })
    }
}

/// A hash of what is in a file.
fn hash_of(path: &Path) -> io::Result<u128> {
    let (mut file, mut hash, mut bytes) = (disk::open(path)?, XxHash3_128::new(), [0; 1 << 13]);
    loop {
        match file.read(&mut bytes)? {
            0 => return Ok(hash.finish_128()),
            length => hash.write(&bytes[..length]),
        }
    }
}

impl fmt::Debug for AnyModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct(self.kind.name);
        for (name, values) in self.settings() {
            shown.field(&name, &format_args!("{}", values.join(",")));
        }
        shown.finish()
    }
}

impl Deref for AnyModel {
    type Target = dyn Erased;

    fn deref(&self) -> &Self::Target {
        &*self.model
    }
}

impl Model for AnyModel {
    type Handles = Handles;
    type Result = Measures;

    fn start(&self, simulation: &mut Simulation) -> Handles {
        let noted = self.asked.noted(simulation.config());
        let handles = self.model.start(simulation);
        match noted.hold(self.kind.name, simulation) {
            Ok(()) => handles,
            Err(mistake) => resume_unwind(Box::new(ModelPanic(mistake))),
        }
    }

    fn collect(&self, simulation: &Simulation, handles: &Handles) -> Measures {
        self.model.measure((simulation, handles))
    }
}

impl Measured for AnyModel {
    fn measures(&self, run: &Run<Measures>) -> Measures {
        run.result.clone()
    }
}
