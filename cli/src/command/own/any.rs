//! A model of any type: the one that all commands are written for.

use super::asked::Asked;
use super::copies::Copies;
use super::erased::{Erased, View};
use super::kind::Kind;
use super::model::{Preparation, PrepareError, Shown};
use crate::command::talk::{Failure, ModelPanic, without_panic_messages};
use crate::report::json;
use crate::scenario::written;
use clap::ArgMatches;
use flagfall::measure::{Measures, Series};
use flagfall::model::{Measured, Model, Run};
use flagfall::panics::{Enough, caught};
use flagfall::{Config, Simulation, SnapshotError, TypeRegistry};
use std::any::Any;
use std::fmt;
use std::io::{self, Write};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a model was started with, to find its actors again.
pub(crate) type Handles = Box<dyn Any>;

/// A model of any type, with the options that it was given.
pub(crate) struct AnyModel {
    kind: Arc<Kind>,
    model: Box<dyn Erased>,
    options: Vec<(String, Vec<String>)>,
    asked: Asked,
}

impl AnyModel {
    /// Reads the options of a model of that kind.
    pub(crate) fn parse(kind: &Arc<Kind>, matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self {
            kind: Arc::clone(kind),
            model: kind.parse(matches)?,
            options: kind.given(matches),
            asked: Asked::of(matches),
        })
    }

    pub(crate) fn name(&self) -> &'static str {
        self.kind.name
    }

    /// Makes the checks that need more than one option, and whatever all runs need.
    pub(crate) fn prepare(&mut self, preparation: &Preparation<'_>) -> Result<(), Failure> {
        let name = self.kind.name;
        let model = &mut self.model;
        without_panic_messages(|| {
            guarded(name, "check", || model.check()).map_err(Failure::Usage)?;
            guarded(name, "prepare", || model.prepare(preparation)).map_err(|error| match error {
                PrepareError::Options(text) => Failure::Usage(text),
                PrepareError::File(text) => Failure::Files(text),
            })
        })
    }

    /// The files that its options name: the values of options for paths, and whatever else
    /// is the name of something that is there.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let of = |(name, values): &(String, Vec<String>)| {
            let named = |value: &&String| self.kind.is_path(name) || Path::new(value).exists();
            values.iter().filter(named).map(PathBuf::from).collect::<Vec<_>>()
        };
        self.options.iter().flat_map(of).collect()
    }

    /// The options that say the same as its parameters.
    fn settings(&self) -> Vec<(String, Vec<String>)> {
        let settings = guarded(self.kind.name, "settings", || self.model.settings());
        let named = |(name, values): (&str, Vec<String>)| (name.to_owned(), values);
        settings.map_or_else(|| self.options.clone(), |all| all.into_iter().map(named).collect())
    }

    /// The scenario file of a run under those settings.
    pub(crate) fn scenario(&self, config: &Config) -> String {
        written(self.kind.name, config, &self.settings(), |name| self.kind.is_flag(name))
    }

    pub(crate) fn note(&self) -> Option<String> {
        guarded(self.kind.name, "note", || self.model.note())
    }

    pub(crate) fn series(&self, simulation: &Simulation, handles: &Handles) -> Vec<Series> {
        let view = View(simulation, &**handles);
        guarded(self.kind.name, "series", || self.model.series(view))
    }

    /// Writes what a run came to as text.
    pub(crate) fn text(
        &self,
        (simulation, handles): (&Simulation, &Handles),
        shown: Shown,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let view = View(simulation, &**handles);
        guarded(self.kind.name, "text", || self.model.text(view, shown, out))
    }

    /// Writes what a run came to as one JSON object on one line.
    pub(crate) fn json(
        &self,
        (simulation, handles): (&Simulation, &Handles),
        (config, run): (&Config, &Run<Measures>),
        shown: Shown,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let view = View(simulation, &**handles);
        let options = (self.kind.name, &self.options[..]);
        json::run(out, options, (config, run), &run.result, |fields| {
            guarded(self.kind.name, "json", || self.model.json(view, shown, fields));
        })
    }

    /// The types of its actors, if its runs can be copied and saved.
    pub(crate) fn types(&self) -> Option<TypeRegistry> {
        self.model.copies().map(|copies| copies.types)
    }

    /// Only of a model that has said which types it has.
    fn copies(&self) -> Copies<Handles> {
        self.model.copies().expect("the model is copied")
    }

    /// Handles of a copy of the run that those are of.
    pub(crate) fn follow(&self, handles: &Handles, copy: &mut Simulation) -> Handles {
        (self.copies().follow)(handles, copy)
    }

    /// What of the handles is saved.
    pub(crate) fn save(&self, handles: &Handles) -> Result<Vec<u8>, SnapshotError> {
        (self.copies().save)(handles)
    }

    /// The handles that were saved.
    pub(crate) fn load(
        &self,
        bytes: &[u8],
        copy: &mut Simulation,
    ) -> Result<Handles, SnapshotError> {
        (self.copies().load)(bytes, copy)
    }
}

/// Lets the model do something, and says in its panics that it was the model.
fn guarded<T>(name: &str, what: &str, work: impl FnOnce() -> T) -> T {
    caught(work).unwrap_or_else(|panic| {
        if panic.get::<Enough>().is_some() {
            panic.resume();
        }
        let text = format!("{name} panicked in {what}: {}", panic.message());
        drop(panic);
        resume_unwind(Box::new(ModelPanic(text)))
    })
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

impl Model for AnyModel {
    type Handles = Handles;
    type Result = Measures;

    fn start(&self, simulation: &mut Simulation) -> Handles {
        let config = simulation.config().clone();
        let handles = guarded(self.kind.name, "start", || self.model.start(simulation));
        match self.asked.hold(self.kind.name, &config, simulation) {
            Ok(()) => handles,
            Err(mistake) => resume_unwind(Box::new(ModelPanic(mistake))),
        }
    }

    fn collect(&self, simulation: &Simulation, handles: &Handles) -> Measures {
        let view = View(simulation, &**handles);
        guarded(self.kind.name, "measure", || self.model.measure(view))
    }
}

impl Measured for AnyModel {
    fn measures(&self, run: &Run<Measures>) -> Measures {
        run.result.clone()
    }
}
