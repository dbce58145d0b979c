//! A model with lines, fields, files, a note and copies of its own.

use flagfall::TypeRegistry;
use flagfall::actor::ActorRef;
use flagfall::network::Latency;
use flagfall::random::Stream;
use flagfall::{Actor, Context, Measures, Simulation, Span};
use flagfall_cli::scenario::Setting;
use flagfall_cli::{Copies, Ended, Fields, OwnModel, Preparation, PrepareError};
use std::io::Write;
use std::path::PathBuf;

flagfall::message! {
    #[derive(serde::Serialize, serde::Deserialize)]
    pub(crate) enum Throw {
        Next,
    }
}

#[derive(Clone, serde::Serialize, serde::Deserialize)]
struct Die {
    left: u32,
    eyes: Option<Stream>,
    thrown: Vec<u64>,
}

impl Actor for Die {
    type Message = Throw;

    fn handle(&mut self, _: Throw, context: &mut Context<'_, Throw>) {
        let eyes = self.eyes.get_or_insert_with(|| context.stream("eyes"));
        self.thrown.push(eyes.range(1..=6));
        self.left -= 1;
        if self.left > 0 {
            context.hold(Span::from_secs(1), Throw::Next);
        }
    }
}

/// Throws of a die, one a second
#[derive(clap::Args)]
pub(crate) struct Dice {
    /// How many
    #[arg(long, default_value_t = 3)]
    throws: u32,
    /// A file that says how many
    #[arg(long)]
    throws_in: Option<PathBuf>,
    /// In which function to panic
    #[arg(long, default_value = "none")]
    panic: String,
    #[arg(skip)]
    ready: u32,
}

impl Dice {
    fn perhaps(&self, here: &str) {
        assert!(self.panic != here, "no {here} today");
    }
}

impl OwnModel for Dice {
    const NAME: &'static str = "dice";
    const LATENCY: Latency = Latency::Fixed(Span::from_millis(5));
    const HAS_LANGUAGES: bool = true;
    type Handles = ActorRef<Throw>;

    fn prepare(&mut self, preparation: &Preparation<'_>) -> Result<(), PrepareError> {
        self.perhaps("prepare");
        self.ready = match &self.throws_in {
            None => self.throws,
            Some(path) => {
                let text = std::fs::read_to_string(path);
                let text = text.map_err(|error| PrepareError::File(error.to_string()))?;
                text.trim().parse().map_err(|_| PrepareError::File("no number".to_owned()))?
            }
        };
        match preparation.config.horizon {
            Some(_) => Err(PrepareError::Options("dice know no --horizon".to_owned())),
            None => Ok(()),
        }
    }

    fn start(&self, simulation: &mut Simulation) -> ActorRef<Throw> {
        let die = simulation.spawn("die", Die { left: self.ready, eyes: None, thrown: Vec::new() });
        simulation.send(&die, Throw::Next);
        *die
    }

    fn measure(&self, simulation: &Simulation, die: &ActorRef<Throw>, measures: &mut Measures) {
        measures.count("sum", thrown(simulation, die).iter().sum());
    }

    fn settings(&self) -> Option<Vec<Setting>> {
        self.perhaps("settings");
        Some(vec![("throws", vec![self.ready.to_string()])])
    }

    fn note(&self) -> Option<String> {
        self.perhaps("note");
        (self.throws == 1).then(|| "one throw says little".to_owned())
    }

    fn text(&self, ended: &Ended<'_, ActorRef<Throw>>, out: &mut dyn Write) -> std::io::Result<()> {
        self.perhaps("text");
        let word = match ended.language {
            flagfall_cli::report::Language::French => "dés",
            flagfall_cli::report::Language::English => "dice",
        };
        writeln!(out, "{word}: {:?}", thrown(ended.simulation, ended.handles))
    }

    fn json(&self, ended: &Ended<'_, ActorRef<Throw>>, fields: &mut Fields<'_>) {
        self.perhaps("json");
        fields.parameters();
        if ended.lists {
            fields.list("thrown", thrown(ended.simulation, ended.handles));
        }
    }

    fn copies() -> Option<Copies<ActorRef<Throw>>> {
        let types = TypeRegistry::new().savable::<Die>("die");
        Some(Copies::new(types, |die| *die, |die, _| die))
    }
}

fn thrown(simulation: &Simulation, die: &ActorRef<Throw>) -> Vec<u64> {
    simulation.inspect::<Die>(die).map(|die| die.thrown.clone()).unwrap_or_default()
}
