//! `flagfall resume`: a run goes on from its snapshot.

use super::Saving;
use super::args::{OutputArgs, ResumeArgs};
use super::file::{Opened, open};
use super::saving::{check_missed, run_on};
use crate::command::args::{Common, System};
use crate::command::exit::Failure;
use crate::command::pace::Pace;
use crate::command::run::{Ending, Trace, without_panic_messages};
use crate::command::system::{Runnable, TypeVisitor, visit_type};
use crate::models::{ResumedRun, resume_run};
use crate::words::shown;
use flagfall::SnapshotError;
use std::path::Path;
use std::time::Instant;

pub(in crate::command) fn resume(args: &ResumeArgs) -> Result<(), Failure> {
    let mut opened = open(&args.file)?;
    let common = opened.system.common_mut();
    args.output.put_into(common);
    common.trace = args.trace;
    common.pace.clone_from(&args.pace);
    let Opened { header, system, bytes } = &opened;
    let saving = Saving::new(&args.snapshot, Some(&header.scenario))?;
    visit_type(system, Resume { bytes, path: &args.file, saving: saving.as_ref() })
}

impl OutputArgs {
    /// Reports as these options say.
    pub(super) fn put_into(&self, common: &mut Common) {
        common.json = self.json;
        // What a run did not keep cannot be printed.
        common.summary = self.summary || common.summary && self.json;
        common.lang = self.lang.unwrap_or(common.lang);
        (common.quiet, common.verbose) = (self.quiet, self.verbose);
    }
}

/// The run in a snapshot.
pub(super) fn load<S: Runnable>(bytes: &[u8], path: &Path) -> Result<ResumedRun<S>, Failure> {
    resume_run(bytes)
        .map_err(|error: SnapshotError| Failure::Files(format!("{}: {error}", shown(path))))
}

struct Resume<'a> {
    bytes: &'a [u8],
    path: &'a Path,
    saving: Option<&'a Saving>,
}

impl TypeVisitor for Resume<'_> {
    fn visit<S: Runnable>(self, system: &System) -> Result<(), Failure> {
        let common = system.common();
        let ResumedRun { model, handles, mut simulation, .. } = load::<S>(self.bytes, self.path)?;
        let config = simulation.config().clone();
        let trace = common.trace.then(|| Trace::start(&mut simulation, common.json));
        let pace =
            common.pace.as_ref().map(|pace| Pace::start(&mut simulation, pace, trace.as_ref()));
        let start = Instant::now();
        let ran = without_panic_messages(|| run_on(&model, &mut simulation, &handles, self.saving));
        let wall = start.elapsed();
        if let Some(trace) = trace {
            trace.finish()?;
        }
        if let Some(pace) = pace {
            pace.report(common.verbose);
        }
        let (run, missed) = ran?;
        Ending { model: &model, run: &run, config: &config, simulation: &simulation }
            .report(common, wall)?;
        check_missed(missed, run.virtual_time)
    }
}
