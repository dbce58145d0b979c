//! `flagfall fork`: several futures of one run.

use super::ends::Ends;
use super::load::load;
use crate::command::options::ForkArgs;
use crate::command::own::Handles;
use crate::command::program::Program;
use crate::command::running::{Opened, check_stuck, open, run_started, summarize, until_host_ends};
use crate::command::scenario::Scenario;
use crate::command::talk::{Failure, stdout, talk, without_panic_messages};
use crate::words::counted;
use flagfall::measure::Measures;
use flagfall::model::{Model, Run};
use flagfall::time::{Span, VirtualTime};
use flagfall::{Origin, Outcome, Simulation};
use std::io::{self, Write};
use std::path::Path;
use std::time::Instant;

pub(crate) fn fork(
    scenario: Option<Scenario>,
    args: &ForkArgs,
    program: &Program,
) -> Result<(), Failure> {
    let (name, first) = (&program.name, program.first_model());
    match (&args.from, scenario) {
        (Some(path), None) => {
            let Opened { mut scenario, bytes, .. } = open(path, program)?;
            args.output.put_into(&mut scenario.options);
            of_snapshot(&scenario, args, (&bytes, path))
        }
        (None, Some(mut scenario)) => {
            let Some(at) = args.at else {
                return Err(Failure::Usage(
                    "--at says when to branch off, like --at 5s".to_owned(),
                ));
            };
            let options = &mut scenario.options;
            let is_saved = options.snapshot.file.is_some();
            if options.json || options.trace || options.pace.is_some() || is_saved {
                return Err(Failure::Usage(format!(
                    "put output options before the model's name, like `{name} fork --json \
                     --at 5s {first}`; --trace, --pace and --snapshot are for single runs"
                )));
            }
            args.output.put_into(options);
            of_run(scenario, args, at)
        }
        _ => Err(Failure::Usage(format!(
            "a fork is of a system or of a snapshot: give one, like `{name} fork --at 5s {first}` or \
             `{name} fork --from FILE`"
        ))),
    }
}

struct Branch {
    simulation: Simulation,
    handles: Handles,
    origin: Origin,
}

fn of_snapshot(
    scenario: &Scenario,
    args: &ForkArgs,
    (bytes, path): (&[u8], &Path),
) -> Result<(), Failure> {
    let (mut trunk, handles, copies) = load(&scenario.model, bytes, path)?;
    if let Some(usual) = args.noting_senders(&trunk.config().ties) {
        trunk.set_ties(usual);
    }
    if let Some(at) = args.at {
        let (at, now) = (VirtualTime::ZERO + at, trunk.now());
        if at < now {
            let text = format!("--at {at} is before the snapshot, which is at {now}");
            return Err(Failure::Usage(text));
        }
        without_panic_messages(|| go_to(&mut trunk, at))?;
    }
    let branch = || {
        let mut simulation = trunk.fork()?;
        let handles = (copies.follow)(&handles, &mut simulation);
        Ok(Branch { simulation, handles, origin: Origin::Copy })
    };
    Branches { args, scenario, trunk: &trunk }.run(branch)
}

fn of_run(mut scenario: Scenario, args: &ForkArgs, at: Span) -> Result<(), Failure> {
    let mut config = scenario.prepare()?;
    config.ties = args.noting_senders(&config.ties).unwrap_or(config.ties);
    let model = &scenario.model;
    let copies = model.copies();
    let begin = || {
        without_panic_messages(|| {
            let mut simulation = Simulation::new(config.clone());
            copies.iter().for_each(|copies| simulation.register(&copies.types));
            let handles = model.start(&mut simulation);
            Ok((simulation, handles))
        })
    };
    let (mut trunk, handles) = begin()?;
    without_panic_messages(|| go_to(&mut trunk, VirtualTime::ZERO + at))?;
    let branch = || {
        let Some(copies) = &copies else {
            let (again, handles) = begin()?;
            let simulation = trunk.rerun(again)?;
            return Ok(Branch { simulation, handles, origin: Origin::Rerun });
        };
        let mut again = None;
        let mut branch = trunk.branch(|| {
            let mut simulation = Simulation::new(config.clone());
            again = Some(model.start(&mut simulation));
            simulation
        })?;
        let handles = again.unwrap_or_else(|| (copies.follow)(&handles, &mut branch.simulation));
        Ok(Branch { simulation: branch.simulation, handles, origin: branch.origin })
    };
    Branches { args, scenario: &scenario, trunk: &trunk }.run(branch)
}

fn go_to(simulation: &mut Simulation, at: VirtualTime) -> Result<(), Failure> {
    let horizon = simulation.config().horizon;
    until_host_ends(simulation, at)?;
    let end = match simulation.run_until(horizon.unwrap_or(at).min(at))? {
        Outcome::Reached if simulation.now() < at => {
            return Err(Failure::Usage(format!(
                "the run ends at its horizon, {}, before --at {at}: branch off earlier",
                simulation.now()
            )));
        }
        Outcome::Reached => return Ok(()),
        Outcome::Ended => simulation.now(),
        Outcome::Stuck { .. } => return check_stuck(simulation),
        Outcome::Idle { since } => since,
    };
    Err(Failure::Usage(format!("the run is over at {end}, before --at {at}: branch off earlier")))
}

struct Branches<'a> {
    args: &'a ForkArgs,
    scenario: &'a Scenario,
    /// The run that they branch off.
    trunk: &'a Simulation,
}

impl Branches<'_> {
    fn run(self, branch: impl Fn() -> Result<Branch, Failure>) -> Result<(), Failure> {
        let Self { args, scenario, trunk } = &self;
        let model = &scenario.model;
        let seeds = args.seeds.len() as u32;
        let count = args.branches.unwrap_or(if seeds > 0 { seeds } else { 2 });
        if seeds > count {
            return Err(Failure::Usage(format!(
                "{seeds} seeds are more than the {}: give --branches {seeds}, or \
                 fewer seeds",
                counted(count, "branch")
            )));
        }
        args.check_twice()?;
        let (now, event) = (trunk.now(), trunk.events());
        args.changes.iter().try_for_each(|change| change.check(event))?;
        let mut out = stdout();
        let json = args.output.json;
        let mut stuck = Ok(());
        let mut ends = Ends::default();
        for number in 0..count {
            let Branch { mut simulation, handles, origin } = branch()?;
            let seed = args.seeds.get(number as usize);
            seed.into_iter().for_each(|seed| simulation.reseed(*seed));
            args.changes.iter().for_each(|change| change.apply(&mut simulation));
            let by = match origin {
                Origin::Copy => "copy",
                Origin::Rerun => "rerun",
            };
            let start = Instant::now();
            let run = without_panic_messages(|| run_started(model, &mut simulation, &handles))?;
            let wall = start.elapsed();
            if let Err(failure) = check_stuck(&simulation) {
                talk(format_args!("note: branch {}: {}", number + 1, failure.text()));
                stuck = stuck.and(Err(failure));
            }
            let (config, ended) = (simulation.config(), (&simulation, &handles));
            ends.add(number + 1, seed.copied(), run.digest);
            if json {
                let before = if number == 0 { self.head(by) } else { ",".to_owned() };
                out.write_all(before.as_bytes())?;
                let mut object = Vec::new();
                model.json(ended, (config, &run), scenario.shown(), &mut object)?;
                out.write_all(object.trim_ascii_end())?;
            } else {
                self.text(&mut out, (number, by), &run, ended)?;
            }
            if args.output.verbose {
                summarize(model.name(), config, &run, wall, false);
            }
        }
        if json {
            out.write_all(b"]}\n")?;
        }
        out.flush()?;
        ends.tell();
        if !args.output.quiet {
            let branches = counted(count, "branch");
            talk(format_args!("{}: {branches} from {now}, event {event}", model.name()));
        }
        stuck
    }

    fn head(&self, by: &str) -> String {
        let (now, event) = (self.trunk.now().as_secs_f64(), self.trunk.events());
        format!(
            "{{\"schema\":\"flagfall/fork/1\",\"at_s\":{now:?},\"event\":{event},\
             \"origin\":\"{by}\",\"branches\":["
        )
    }

    /// Writes the results of a branch, below a line about it.
    fn text(
        &self,
        out: &mut dyn Write,
        (number, by): (u32, &str),
        run: &Run<Measures>,
        ended: (&Simulation, &Handles),
    ) -> io::Result<()> {
        let config = ended.0.config();
        let digest = run.digest.map_or_else(|| "off".to_owned(), |digest| digest.to_string());
        let (number, now) = (number + 1, self.trunk.now());
        let ties = Some(config.ties.to_string()).filter(|ties| ties != "fifo");
        let ties = ties.map_or_else(String::new, |ties| format!(", ties {ties}"));
        writeln!(
            out,
            "branch {number}: seed {}, latency {}{ties}, by {by} at {now}, digest {digest}",
            config.seed, config.latency
        )?;
        self.scenario.model.text(ended, self.scenario.shown(), out)
    }
}
