//! Models without their type: what the command needs of all of them.

use super::copies::{Copies, handles_of};
use super::model::{Ended, OwnModel, Preparation, PrepareError, Shown};
use crate::command::talk::ModelPanic;
use crate::report::json::Fields;
use crate::scenario::Setting;
use flagfall::Simulation;
use flagfall::measure::{Measures, Series};
use flagfall::panics::{Enough, caught};
use std::any::Any;
use std::io::{self, Write};
use std::panic::resume_unwind;

/// The handles of a model, without their type.
pub(crate) type Handles = Box<dyn Any>;

/// A simulation, and the handles of the model that was started in it.
pub(crate) type View<'a> = (&'a Simulation, &'a Handles);

/// An [`OwnModel`] without its type and that of its handles. A panic names the model.
pub(crate) trait Erased: Send + Sync {
    fn check(&self) -> Result<(), String>;
    fn prepare(&mut self, preparation: &Preparation<'_>) -> Result<(), PrepareError>;
    fn settings(&self) -> Option<Vec<Setting>>;
    fn title(&self, path: &str) -> Option<String>;
    fn note(&self) -> Option<String>;
    fn start(&self, simulation: &mut Simulation) -> Handles;
    fn measure(&self, run: View<'_>) -> Measures;
    fn series(&self, run: View<'_>) -> Vec<Series>;
    fn text(&self, run: View<'_>, shown: Shown, out: &mut dyn Write) -> io::Result<()>;
    fn json(&self, run: View<'_>, shown: Shown, fields: &mut Fields<'_>);
    fn copies(&self) -> Option<Copies<Handles>>;
}

/// Lets a model do work, and names the model in a panic.
fn guarded<M: OwnModel, T>(what: &str, work: impl FnOnce() -> T) -> T {
    caught(work).unwrap_or_else(|panic| {
        if panic.get::<Enough>().is_some() {
            panic.resume();
        }
        let text = format!("{} panicked in {what}: {}", M::NAME, panic.message());
        drop(panic);
        resume_unwind(Box::new(ModelPanic(text)))
    })
}

fn ended<M: OwnModel>((simulation, handles): View<'_>, shown: Shown) -> Ended<'_, M::Handles> {
    let Shown { language, lists } = shown;
    Ended { simulation, handles: handles_of(&**handles), language, lists }
}

impl<M: OwnModel> Erased for M {
    fn check(&self) -> Result<(), String> {
        guarded::<M, _>("check", || OwnModel::check(self))
    }

    fn prepare(&mut self, preparation: &Preparation<'_>) -> Result<(), PrepareError> {
        guarded::<M, _>("prepare", || OwnModel::prepare(self, preparation))
    }

    fn settings(&self) -> Option<Vec<Setting>> {
        guarded::<M, _>("settings", || OwnModel::settings(self))
    }

    fn title(&self, path: &str) -> Option<String> {
        guarded::<M, _>("title", || OwnModel::title(self, path))
    }

    fn note(&self) -> Option<String> {
        guarded::<M, _>("note", || OwnModel::note(self))
    }

    fn start(&self, simulation: &mut Simulation) -> Handles {
        guarded::<M, _>("start", || Box::new(OwnModel::start(self, simulation)))
    }

    fn measure(&self, (simulation, handles): View<'_>) -> Measures {
        let mut measures = Measures::new();
        let handles = handles_of(&**handles);
        guarded::<M, _>("measure", || OwnModel::measure(self, simulation, handles, &mut measures));
        measures.and(&simulation.collected());
        measures
    }

    fn series(&self, (simulation, handles): View<'_>) -> Vec<Series> {
        let own = || OwnModel::series(self, simulation, handles_of(&**handles));
        let mut series = guarded::<M, _>("series", own);
        series.extend(simulation.collected_series());
        series
    }

    fn text(&self, run: View<'_>, shown: Shown, out: &mut dyn Write) -> io::Result<()> {
        guarded::<M, _>("text", || OwnModel::text(self, &ended::<M>(run, shown), out))
    }

    fn json(&self, run: View<'_>, shown: Shown, fields: &mut Fields<'_>) {
        guarded::<M, _>("json", || OwnModel::json(self, &ended::<M>(run, shown), fields));
    }

    fn copies(&self) -> Option<Copies<Handles>> {
        M::copies().map(Copies::erased)
    }
}
