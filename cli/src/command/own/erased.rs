//! What is common to all types of models: the type itself is out of sight.

use super::copies::{Copies, handles_of};
use super::model::{Ended, OwnModel, Preparation, PrepareError, Shown};
use crate::report::json::Fields;
use crate::scenario::Setting;
use flagfall::Simulation;
use flagfall::measure::{Measures, Series};
use std::any::Any;
use std::io::{self, Write};

/// An [`OwnModel`], whatever its type and that of its handles.
pub(super) trait Erased: Send + Sync {
    fn check(&self) -> Result<(), String>;
    fn prepare(&mut self, preparation: &Preparation<'_>) -> Result<(), PrepareError>;
    fn settings(&self) -> Option<Vec<Setting>>;
    fn note(&self) -> Option<String>;
    fn start(&self, simulation: &mut Simulation) -> Box<dyn Any>;
    fn measure(&self, run: View<'_>) -> Measures;
    fn series(&self, run: View<'_>) -> Vec<Series>;
    fn text(&self, run: View<'_>, shown: Shown, out: &mut dyn Write) -> io::Result<()>;
    fn json(&self, run: View<'_>, shown: Shown, fields: &mut Fields<'_>);
    fn copies(&self) -> Option<Copies<Box<dyn Any>>>;
}

/// A simulation, and the handles of the model that was started in it.
#[derive(Clone, Copy)]
pub(super) struct View<'a>(pub(super) &'a Simulation, pub(super) &'a dyn Any);

fn ended<M: OwnModel>(View(simulation, handles): View<'_>, shown: Shown) -> Ended<'_, M::Handles> {
    let Shown { language, lists } = shown;
    Ended { simulation, handles: handles_of(handles), language, lists }
}

impl<M: OwnModel> Erased for M {
    fn check(&self) -> Result<(), String> {
        OwnModel::check(self)
    }

    fn prepare(&mut self, preparation: &Preparation<'_>) -> Result<(), PrepareError> {
        OwnModel::prepare(self, preparation)
    }

    fn settings(&self) -> Option<Vec<Setting>> {
        OwnModel::settings(self)
    }

    fn note(&self) -> Option<String> {
        OwnModel::note(self)
    }

    fn start(&self, simulation: &mut Simulation) -> Box<dyn Any> {
        Box::new(OwnModel::start(self, simulation))
    }

    fn measure(&self, View(simulation, handles): View<'_>) -> Measures {
        let mut measures = Measures::new();
        OwnModel::measure(self, simulation, handles_of(handles), &mut measures);
        measures
    }

    fn series(&self, View(simulation, handles): View<'_>) -> Vec<Series> {
        OwnModel::series(self, simulation, handles_of(handles))
    }

    fn text(&self, run: View<'_>, shown: Shown, out: &mut dyn Write) -> io::Result<()> {
        OwnModel::text(self, &ended::<M>(run, shown), out)
    }

    fn json(&self, run: View<'_>, shown: Shown, fields: &mut Fields<'_>) {
        OwnModel::json(self, &ended::<M>(run, shown), fields);
    }

    fn copies(&self) -> Option<Copies<Box<dyn Any>>> {
        M::copies().map(Copies::erased)
    }
}
