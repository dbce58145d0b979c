//! Models of one's own as the one model that all commands are written for.

use super::OwnModel;
use super::asked::Asked;
use crate::command::args::Common;
use crate::command::exit::Failure;
use crate::command::own::program;
use crate::command::run::without_panic_messages;
use crate::command::schema;
use crate::command::system::Runnable;
use crate::models::Branching;
use crate::report::{json, text};
use crate::scenario::{Scenario, Setting, written};
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use flagfall::measure::{Measures, Series};
use flagfall::model::{Measured, Model, Run};
use flagfall::panics::{Enough, caught};
use flagfall::{Config, Simulation, Types};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::any::{Any, TypeId};
use std::fmt;
use std::io::{self, Write};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is common to all types of models: the type itself is out of sight.
trait Erased: Send + Sync {
    fn start(&self, simulation: &mut Simulation) -> Box<dyn Any>;
    fn collect(&self, simulation: &Simulation, handles: &dyn Any) -> Observed;
    fn check(&self) -> Result<(), String>;
}

impl<M: OwnModel> Erased for M {
    fn start(&self, simulation: &mut Simulation) -> Box<dyn Any> {
        Box::new(OwnModel::start(self, simulation))
    }

    fn collect(&self, simulation: &Simulation, handles: &dyn Any) -> Observed {
        let handles = handles.downcast_ref().expect("start of the same model made them");
        let mut measures = Measures::new();
        self.measure(simulation, handles, &mut measures);
        Observed { measures, series: self.series(simulation, handles) }
    }

    fn check(&self) -> Result<(), String> {
        OwnModel::check(self)
    }
}

/// What a run of a model of one's own came to.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::command) struct Observed {
    measures: Measures,
    series: Vec<Series>,
}

/// A type of model of one's own.
#[derive(Debug)]
pub(in crate::command) struct Kind {
    pub(in crate::command) name: &'static str,
    pub(super) type_id: TypeId,
    augment: fn(Command) -> Command,
    parse: fn(&ArgMatches) -> Result<AnyModel, clap::Error>,
    options: Vec<Named>,
}

type AnyModel = Arc<dyn Erased>;

/// One of its options.
#[derive(Debug)]
struct Named {
    id: String,
    long: String,
    /// Its value when it is a flag and given.
    given: Option<&'static str>,
    /// Whether it names files.
    is_path: bool,
}

impl Kind {
    pub(super) fn of<M: OwnModel>() -> Self {
        let augment = M::augment_args;
        let parse = |matches: &ArgMatches| Ok(Arc::new(M::from_arg_matches(matches)?) as AnyModel);
        let mut kind =
            Self { name: M::NAME, type_id: TypeId::of::<M>(), augment, parse, options: Vec::new() };
        let named = |arg: &Arg| {
            let given = match arg.get_action() {
                ArgAction::SetTrue => Some("true"),
                ArgAction::SetFalse => Some("false"),
                _ => None,
            };
            let is_path = schema::Kind::of(arg) == schema::Kind::Path;
            let (id, long) = (arg.get_id().to_string(), arg.get_long()?.to_owned());
            Some(Named { id, long, given, is_path })
        };
        kind.options = kind.options_alone().get_arguments().filter_map(named).collect();
        kind
    }

    /// A command with nothing but the options of the model.
    pub(super) fn options_alone(&self) -> Command {
        let command = Command::new(self.name).next_help_heading("Model");
        (self.augment)(command)
    }

    /// The first line of its help.
    pub(super) fn about(&self) -> String {
        self.options_alone().get_about().map(ToString::to_string).unwrap_or_default()
    }

    /// The subcommand that names it, with the options that every model has.
    pub(in crate::command) fn subcommand(&self) -> Command {
        let options = self.options_alone();
        let (about, long) = (options.get_about().cloned(), options.get_long_about().cloned());
        let mut command = Common::augment_args(options);
        // The last type to describe itself wins, and that is not the model.
        command = command.about(about.unwrap_or_default());
        command = match long {
            Some(long) => command.long_about(long),
            None => command.long_about(None::<&str>),
        };
        // What means nothing for it.
        for id in ["lang", "snapshot", "snapshot_at", "snapshot_every"] {
            command = command.mut_arg(id, |arg| arg.hide(true));
        }
        command
    }

    fn model(&'static self, matches: &ArgMatches) -> Result<Own, clap::Error> {
        let (settings, asked) = (self.settings(matches), Asked::of(matches));
        Ok(Own { kind: self, settings, asked, model: (self.parse)(matches)? })
    }

    /// The options as they were given or are by default.
    fn settings(&'static self, matches: &ArgMatches) -> Vec<Setting> {
        let setting = |option: &'static Named| {
            let text =
                matches.get_raw(&option.id)?.map(|value| value.to_string_lossy().into_owned());
            let values = match option.given {
                Some(word) => text.map(|value| (value == word).to_string()).collect(),
                None => text.collect(),
            };
            Some((option.long.as_str(), values))
        };
        self.options.iter().filter_map(setting).collect()
    }
}

/// A model of one's own, whatever its type.
#[derive(Clone)]
pub(in crate::command) struct Own {
    kind: &'static Kind,
    model: Arc<dyn Erased>,
    settings: Vec<Setting>,
    asked: Asked,
}

/// A model of one's own and what every model takes.
#[derive(Debug)]
pub(in crate::command) struct OwnSystem {
    pub(in crate::command) model: Own,
    pub(in crate::command) common: Common,
}

impl OwnSystem {
    /// Reads the options of a model.
    pub(in crate::command) fn parse(
        kind: &'static Kind,
        matches: &ArgMatches,
    ) -> Result<Self, clap::Error> {
        Ok(Self { model: kind.model(matches)?, common: Common::from_arg_matches(matches)? })
    }

    /// Makes the checks that need more than one option.
    pub(in crate::command) fn check(&self) -> Result<(), Failure> {
        let name = self.model.kind.name;
        if self.common.snapshot.file.is_some() {
            return Err(Failure::Usage(format!(
                "{name} cannot be saved, only built-in models can: `{} fork` branches off by \
                 running again, --record keeps what happens",
                program().name()
            )));
        }
        let check = || self.model.guarded("check", || self.model.model.check());
        without_panic_messages(|| check().map_err(Failure::Usage))
    }
}

/// What unwinds when a model of one's own has panicked outside of any handler.
pub(in crate::command) struct ModelPanic(pub(in crate::command) String);

impl Own {
    /// The files that its options name: the values of options for paths, and whatever else
    /// is the name of something that is there.
    pub(in crate::command) fn files(&self) -> Vec<PathBuf> {
        let is_path = |name: &str| self.kind.options.iter().any(|o| o.is_path && o.long == name);
        let of = |(name, values): &Setting| {
            let named = |value: &&String| is_path(name) || Path::new(value).exists();
            values.iter().filter(named).map(PathBuf::from).collect::<Vec<_>>()
        };
        self.settings.iter().flat_map(of).collect()
    }

    /// Lets the model do something, and says in its panics that it was the model.
    fn guarded<T>(&self, what: &str, work: impl FnOnce() -> T) -> T {
        caught(work).unwrap_or_else(|panic| {
            if panic.get::<Enough>().is_some() {
                panic.resume();
            }
            let text = format!("{} panicked in {what}: {}", self.kind.name, panic.message());
            drop(panic);
            resume_unwind(Box::new(ModelPanic(text)))
        })
    }
}

impl fmt::Debug for Own {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct(self.kind.name);
        for (name, values) in &self.settings {
            shown.field(name, &format_args!("{}", values.join(",")));
        }
        shown.finish()
    }
}

impl Model for Own {
    type Handles = Box<dyn Any>;
    type Result = Observed;

    fn start(&self, simulation: &mut Simulation) -> Box<dyn Any> {
        let config = simulation.config().clone();
        let handles = self.guarded("start", || self.model.start(simulation));
        match self.asked.hold(self.kind.name, &config, simulation) {
            Ok(()) => handles,
            Err(mistake) => resume_unwind(Box::new(ModelPanic(mistake))),
        }
    }

    fn collect(&self, simulation: &Simulation, handles: &Box<dyn Any>) -> Observed {
        self.guarded("measure", || self.model.collect(simulation, &**handles))
    }
}

/// In name only: see [`Runnable::is_copied`].
impl Branching for Own {
    type Kept = ();

    fn types() -> Types {
        Types::new()
    }

    fn keep(&self, _: &Box<dyn Any>) {}

    fn attach(&self, (): (), simulation: &mut Simulation) -> Box<dyn Any> {
        self.start(simulation)
    }
}

impl Measured for Own {
    fn measures(&self, run: &Run<Observed>) -> Measures {
        run.result.measures.clone()
    }

    fn series(&self, run: &Run<Observed>) -> Vec<Series> {
        run.result.series.clone()
    }
}

impl Scenario for Own {
    fn name(&self) -> &str {
        self.kind.name
    }

    fn settings(&self) -> Vec<Setting> {
        self.settings.clone()
    }

    fn scenario(&self, config: &Config) -> String {
        let flags = || self.kind.options.iter().filter(|option| option.given.is_some());
        let is_flag = |name: &str| flags().any(|option| option.long == name);
        written(self.kind.name, config, self.settings(), is_flag)
    }
}

/// In name only, as above: nothing is read of it that was written.
impl Serialize for Own {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.kind.name, &self.settings).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Own {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(D::Error::custom("a model of one's own cannot be read from a file"))
    }
}

impl Runnable for Own {
    fn json(
        &self,
        out: &mut dyn Write,
        run: &Run<Observed>,
        config: &Config,
        _: &Common,
    ) -> io::Result<()> {
        let parameters = (self.kind.name, &self.settings[..]);
        json::measures(out, parameters, (config, run), &run.result.measures)
    }

    fn text(&self, out: &mut dyn Write, run: &Run<Observed>, _: &Common) -> io::Result<()> {
        text::measures(out, &run.result.measures)
    }

    fn is_copied(&self) -> bool {
        false
    }
}
