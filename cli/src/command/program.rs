//! A command: its name and its models.

use super::built_in;
use super::own::{Kind, OwnModel};
use super::talk::shell_line;
use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

/// A command with your own models.
///
/// # Examples
/// ```no_run
/// # use flagfall_cli::{OwnModel, Program};
/// # use flagfall::{Measures, Simulation};
/// # #[derive(clap::Args)] struct Till {}
/// # impl OwnModel for Till {
/// #     const NAME: &'static str = "till";
/// #     type Handles = ();
/// #     fn start(&self, _: &mut Simulation) {}
/// #     fn measure(&self, _: &Simulation, (): &(), _: &mut Measures) {}
/// # }
/// fn main() -> std::process::ExitCode {
///     Program::new()
///         .version(env!("CARGO_PKG_VERSION"))
///         .about("Queues of a supermarket")
///         .model::<Till>()
///         .built_in()
///         .main(std::env::args_os())
/// }
/// ```
#[derive(Debug, Default)]
pub struct Program {
    pub(crate) name: String,
    version: String,
    /// What `--version` prints after the name.
    pub(crate) shown_version: String,
    about: String,
    pub(crate) own: Vec<Arc<Kind>>,
    built_in: Vec<Arc<Kind>>,
    /// Whether it is flagfall itself.
    pub(crate) is_flagfall: bool,
    /// The command line that was given, to copy into a shell.
    pub(crate) again: String,
}

impl Program {
    /// A command without models.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The command `flagfall`: only the built-in models.
    #[must_use]
    pub fn flagfall() -> Self {
        Self {
            name: "flagfall".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            shown_version: env!("CARGO_PKG_VERSION").to_owned(),
            about: "Deterministic discrete-event simulation: actors in virtual time".to_owned(),
            is_flagfall: true,
            ..Self::default()
        }
        .built_in()
    }

    /// Sets the version: `env!("CARGO_PKG_VERSION")`. `--version` prints it with flagfall's
    /// version, and traces name it.
    #[must_use]
    pub fn version(self, version: impl Into<String>) -> Self {
        Self { version: version.into(), ..self }
    }

    /// Sets the first line of the help. By default, a command with one model has the model's.
    #[must_use]
    pub fn about(self, about: impl Into<String>) -> Self {
        Self { about: about.into(), ..self }
    }

    /// Adds a model.
    #[must_use]
    pub fn model<M: OwnModel>(mut self) -> Self {
        self.own.push(Arc::new(Kind::of::<M>()));
        self
    }

    /// Adds the built-in models of `flagfall`.
    #[must_use]
    pub fn built_in(self) -> Self {
        Self { built_in: built_in::kinds(), ..self }
    }

    /// Takes its name from the first of those arguments.
    pub(crate) fn called(mut self, arguments: &[OsString]) -> Self {
        if !self.is_flagfall {
            let name = arguments.first().and_then(|word| Path::new(word).file_stem());
            self.name = name.map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            let of_flagfall = concat!("(flagfall ", env!("CARGO_PKG_VERSION"), ")");
            self.shown_version = format!("{} {of_flagfall}", self.version).trim_start().to_owned();
        }
        let words = arguments.iter().skip(1).map(|word| word.to_string_lossy().into_owned());
        self.again = shell_line(&self.name, words);
        self
    }

    /// A command line of this program with those words, to copy into a shell.
    pub(crate) fn shell_line(&self, words: impl IntoIterator<Item = String>) -> String {
        shell_line(&self.name, words)
    }

    /// All models: the user's own before the built-in ones; in flagfall itself, those come first.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = &Arc<Kind>> {
        let (first, rest) = match self.is_flagfall {
            true => (&self.built_in, &self.own),
            false => (&self.own, &self.built_in),
        };
        first.iter().chain(rest)
    }

    /// The name of a model for examples.
    pub(crate) fn first_model(&self) -> &str {
        let own = self.own.first().filter(|_| !self.is_flagfall);
        own.map_or("taxi", |kind| kind.name)
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Arc<Kind>> {
        self.kinds().find(|kind| kind.name == name)
    }

    /// Name and version, unless it is flagfall itself: a run depends on them, too.
    pub(crate) fn identity(&self) -> Option<String> {
        let identity = format!("{} {}", self.name, self.version);
        (!self.is_flagfall).then(|| identity.trim_end().to_owned())
    }

    /// The first line of the help.
    pub(crate) fn about_text(&self) -> String {
        match &self.own[..] {
            [kind] if self.about.is_empty() && self.built_in.is_empty() => kind.about(),
            _ if self.about.is_empty() => Self::flagfall().about,
            _ => self.about.clone(),
        }
    }

    /// A help text with this program's name in its commands. Without built-in models, the
    /// examples are of the first model; those that need a built-in model are left out.
    pub(crate) fn help(&self, text: &str) -> String {
        if self.is_flagfall {
            return text.to_owned();
        }
        let built_in = built_in::kinds();
        let options = || built_in.iter().flat_map(|kind| kind.longs());
        let models = || built_in.iter().map(|kind| kind.name);
        let is_example = |line: &str| line.starts_with("  flagfall ");
        let own = |line: &str| {
            if !self.built_in.is_empty() || !is_example(line) {
                return Some(line.to_owned());
            }
            let words = || line.split(|c: char| c.is_whitespace() || c == '=');
            let known = |word: &str| options().any(|option| option == word.trim_start_matches('-'));
            if words().any(known) || line.contains(".snap") {
                return None;
            }
            let name = self.first_model();
            let named = |word: &str| models().any(|model| model == word);
            let words = line.split(' ').map(|word| if named(word) { name } else { word });
            let line = words.collect::<Vec<_>>().join(" ");
            (!models().any(|model| line.contains(model))).then_some(line)
        };
        let lines: Vec<String> = text.lines().filter_map(own).collect();
        let mut text = lines.join("\n");
        // Only in commands: other sentences are about flagfall itself.
        for before in ["  ", "`", "; ", "| "] {
            let named = format!("{before}{} ", self.name);
            text = text.replace(&format!("{before}flagfall "), &named);
        }
        text
    }
}
