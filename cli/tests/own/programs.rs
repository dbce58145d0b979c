//! The programs that the tests run.

use crate::dice::Dice;
use crate::dinner::Dinner;
use flagfall::arrivals::ArrivalProcess;
use flagfall::schedule::Schedule;
use flagfall::{Actor, Context, Latency, Measures, ReplyTo, Series, Simulation, Span, VirtualTime};
use flagfall_cli::{OwnModel, Program, main_of};
use std::cell::Cell;
use std::path::PathBuf;
use std::process::ExitCode;
use std::rc::Rc;

#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
enum Place {
    Never,
    Check,
    Start,
    Handler,
    Measure,
    Series,
}

/// An odd model
#[derive(clap::Args)]
struct Odd {
    /// Where to panic
    #[arg(long, value_enum, default_value = "never")]
    panic: Place,
    #[arg(long)]
    flag: bool,
    #[arg(long = "no-flag", action = clap::ArgAction::SetFalse)]
    sober: bool,
    #[arg(long)]
    many: Vec<u64>,
    #[arg(long, value_delimiter = ',')]
    list: Option<Vec<String>>,
    #[arg(long, conflicts_with = "file")]
    word: Option<String>,
    #[arg(long)]
    file: Option<PathBuf>,
    #[arg(long)]
    shifts: Option<Schedule<u64>>,
    #[arg(long)]
    calls: Option<ArrivalProcess>,
}

impl Odd {
    fn perhaps(&self, here: Place) {
        let name = clap::ValueEnum::to_possible_value(&here).expect("a name");
        assert!(self.panic != here, "no {} today", name.get_name());
    }
}

impl OwnModel for Odd {
    const NAME: &'static str = "odd";
    type Handles = u64;

    fn start(&self, simulation: &mut Simulation) -> u64 {
        self.perhaps(Place::Start);
        let handler = self.panic == Place::Handler;
        simulation.process("clock", async move |p| {
            for _ in 0..3 {
                p.sleep(Span::from_secs(1)).await;
                assert!(!handler, "no handler today");
            }
        });
        self.many.iter().sum()
    }

    fn measure(&self, simulation: &Simulation, many: &u64, measures: &mut Measures) {
        self.perhaps(Place::Measure);
        let file = self.file.as_ref().map(|path| std::fs::read(path).expect("the file"));
        measures
            .count("ticks", simulation.now().as_nanos() / 1_000_000_000)
            .count("many", *many)
            .count("flags", u64::from(self.flag) + u64::from(!self.sober))
            .count("bytes", file.map_or(0, |bytes| bytes.len() as u64))
            .count("words", self.list.iter().flatten().chain(&self.word).count() as u64);
    }

    fn series(&self, _: &Simulation, _: &u64) -> Vec<Series> {
        self.perhaps(Place::Series);
        Vec::new()
    }

    fn check(&self) -> Result<(), String> {
        self.perhaps(Place::Check);
        match self.many.contains(&13) {
            true => Err("--many is 13: write another number".to_owned()),
            false => Ok(()),
        }
    }
}

/// A customer asks a clerk again and again
#[derive(clap::Args, Clone)]
pub(crate) struct Asker {
    /// How many questions
    #[arg(long, default_value_t = 100)]
    pub(crate) questions: u64,
    /// Mean span between two
    #[arg(long, default_value = "0s")]
    pub(crate) think: Span,
    /// The horizon that the model sets in its start
    #[arg(long)]
    pub(crate) closes: Option<Span>,
    /// The latency that the model sets in its start
    #[arg(long)]
    pub(crate) slow: Option<Latency>,
    /// Begin with another seed
    #[arg(long)]
    pub(crate) reseed: bool,
}

struct Clerk;

impl Actor for Clerk {
    type Message = ReplyTo<()>;

    fn handle(&mut self, question: ReplyTo<()>, context: &mut Context<'_, ReplyTo<()>>) {
        context.reply(question, ());
    }
}

impl OwnModel for Asker {
    const NAME: &'static str = "asker";
    type Handles = Rc<Cell<u64>>;

    fn start(&self, simulation: &mut Simulation) -> Rc<Cell<u64>> {
        if let Some(time) = self.closes {
            simulation.set_horizon(Some(VirtualTime::ZERO + time));
        }
        if let Some(latency) = &self.slow {
            simulation.set_latency(latency.clone());
        }
        if self.reseed {
            simulation.reseed(1);
        }
        let clerk = simulation.spawn("clerk", Clerk);
        let answers = Rc::new(Cell::new(0));
        let (count, Self { questions, think, .. }) = (Rc::clone(&answers), self.clone());
        simulation.process("customer", async move |p| {
            let mut thoughts = p.stream("thoughts");
            for _ in 0..questions {
                p.sleep(thoughts.exponential(think)).await;
                p.ask(&clerk, |reply| reply).await.expect("an answer");
                count.set(count.get() + 1);
            }
        });
        answers
    }

    fn measure(&self, simulation: &Simulation, answers: &Rc<Cell<u64>>, measures: &mut Measures) {
        let now = simulation.now().as_secs_f64();
        measures.count("answers", answers.get()).add("end", "s", now);
    }
}

/// Models that do nothing, with options that cannot be.
macro_rules! idle {
    ($($model:ident $name:literal { $($fields:tt)* })*) => {$(
        /// Does nothing
        #[derive(clap::Args)]
        struct $model { $($fields)* }

        impl OwnModel for $model {
            const NAME: &'static str = $name;
            type Handles = ();

            fn start(&self, _: &mut Simulation) {}

            fn measure(&self, _: &Simulation, (): &(), _: &mut Measures) {}
        }
    )*};
}

idle! {
    Taxi "taxi" {}
    SeedClash "seed-clash" {
        #[arg(long = "seed")]
        _mine: Option<u64>,
    }
    GlobalClash "global-clash" {
        #[arg(long = "runs")]
        _mine: Option<u64>,
    }
    ShortClash "short-clash" {
        #[arg(short = 'q', long = "queue")]
        _mine: Option<u64>,
    }
    Position "position" {
        #[arg(id = "word")]
        _mine: Option<String>,
    }
    Count "count" {
        #[arg(long = "loud", action = clap::ArgAction::Count)]
        _mine: u8,
    }
    Name "Two Words" {}
}

/// The model in README.md.
mod till {
    include!("till.rs");

    pub(crate) fn run() -> std::process::ExitCode {
        main()
    }
}

/// The model on the page of collectors.
mod desk {
    include!("desk.rs");

    pub(crate) fn run() -> std::process::ExitCode {
        main()
    }
}

/// Runs a program by its name.
pub(crate) fn run(program: &str) -> ExitCode {
    let program = match program {
        "dinner" => return main_of::<Dinner>(std::env::args_os()),
        "odd" => return main_of::<Odd>(std::env::args_os()),
        "till" => return till::run(),
        "desk" => return desk::run(),
        "asker" => return main_of::<Asker>(std::env::args_os()),
        "beside" => Program::new().model::<Odd>().built_in().about("Odd models and taxis"),
        "none" => Program::new(),
        "twice" => Program::new().model::<Odd>().model::<Odd>(),
        "taken" => Program::new().model::<Taxi>().built_in(),
        "taxi" => Program::new().model::<Taxi>(),
        "seed" => Program::new().model::<SeedClash>(),
        "global" => Program::new().model::<GlobalClash>(),
        "short" => Program::new().model::<ShortClash>(),
        "position" => Program::new().model::<Position>(),
        "count" => Program::new().model::<Count>(),
        "name" => Program::new().model::<Name>(),
        "dice" => Program::new().model::<Dice>(),
        "again" => {
            main_of::<Odd>(std::env::args_os());
            Program::new().model::<Taxi>()
        }
        other => panic!("no program is called {other}"),
    };
    program.main(std::env::args_os())
}
