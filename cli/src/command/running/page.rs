//! `--html`: a page of one run.

use super::observed::{observed, resources_of};
use crate::command::program::Program;
use crate::command::scenario::Scenario;
use crate::command::talk::{Failure, print, replace};
use crate::report::page::{self, Recorded, RunPage};
use crate::words::counted;
use flagfall::Simulation;
use flagfall::measure::Measures;
use flagfall::model::Run;
use std::cell::RefCell;
use std::io::Write;
use std::path::Path;
use std::rc::Rc;

/// What a run that is to have a page keeps: its first records, and whether there are more.
pub(crate) struct Seen(Rc<RefCell<(Recorded, bool)>>);

impl Seen {
    /// Watches a run from its beginning.
    pub(crate) fn start(simulation: &mut Simulation) -> Self {
        simulation.watch_resources();
        Self(observed(simulation, (Recorded::default(), false), |(recorded, full), record| {
            *full = *full || !recorded.add(record);
            true
        }))
    }

    /// Writes the page of a run that is over, or that has failed.
    pub(crate) fn write(
        self,
        path: &Path,
        (scenario, program): (&Scenario, &Program),
        simulation: &Simulation,
        ran: Result<&Run<Measures>, &Failure>,
    ) -> Result<(), Failure> {
        let (mut recorded, full) = self.0.take();
        if !full {
            recorded.end_at(simulation.now());
        }
        recorded.call_actors(|path| scenario.model.title(path));
        let note = if full { Recorded::note_of_more() } else { String::new() };
        let (resources, resources_note) = resources_of(simulation, "");
        let command = program.shell_line(scenario.words(&["html"], "--html")?);
        let (config, model) = (simulation.config(), &scenario.model);
        let facts = format!(
            "seed {} · replication {} · virtual time {} · {}",
            config.seed,
            config.replication,
            simulation.now(),
            counted(simulation.events(), "event")
        );
        let page = RunPage {
            model: model.name(),
            facts,
            parameters: model.parameters(config),
            results: ran.ok().map(|run| &run.result),
            failure: ran.err().map_or_else(String::new, Failure::text),
            run: page::Run {
                point: 0,
                replication: config.replication,
                command,
                recorded: &recorded,
                note,
                resources: &resources,
                resources_note,
            },
        };
        let write = |out: &mut dyn Write| page::write_run(out, &page);
        if is_alone(Some(path)) { print(write) } else { replace(path, write) }
    }
}

/// Whether standard output is for the page alone.
pub(crate) fn is_alone(path: Option<&Path>) -> bool {
    path == Some(Path::new("-"))
}
