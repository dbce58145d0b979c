//! What is common to all types of models: the type itself is out of sight.

use super::model::{Ended, OwnModel, Preparation, PrepareError, Shown};
use crate::report::json::Fields;
use crate::scenario::Setting;
use flagfall::measure::{Measures, Series};
use flagfall::{Simulation, SnapshotError, TypeRegistry};
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
    fn types(&self) -> Option<TypeRegistry>;
    fn follow(&self, handles: &dyn Any, copy: &mut Simulation) -> Box<dyn Any>;
    fn save(&self, handles: &dyn Any) -> Result<Vec<u8>, SnapshotError>;
    fn load(&self, bytes: &[u8], copy: &mut Simulation) -> Result<Box<dyn Any>, SnapshotError>;
}

/// A simulation, and the handles of the model that was started in it.
#[derive(Clone, Copy)]
pub(super) struct View<'a>(pub(super) &'a Simulation, pub(super) &'a dyn Any);

fn of<M: OwnModel>(handles: &dyn Any) -> &M::Handles {
    handles.downcast_ref().expect("start of the same model made them")
}

fn ended<M: OwnModel>(View(simulation, handles): View<'_>, shown: Shown) -> Ended<'_, M::Handles> {
    let Shown { language, lists } = shown;
    Ended { simulation, handles: of::<M>(handles), language, lists }
}

/// Only asked of models that have said which types they have.
const COPIED: &str = "the model is copied";

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
        OwnModel::measure(self, simulation, of::<M>(handles), &mut measures);
        measures
    }

    fn series(&self, View(simulation, handles): View<'_>) -> Vec<Series> {
        OwnModel::series(self, simulation, of::<M>(handles))
    }

    fn text(&self, run: View<'_>, shown: Shown, out: &mut dyn Write) -> io::Result<()> {
        OwnModel::text(self, &ended::<M>(run, shown), out)
    }

    fn json(&self, run: View<'_>, shown: Shown, fields: &mut Fields<'_>) {
        OwnModel::json(self, &ended::<M>(run, shown), fields);
    }

    fn types(&self) -> Option<TypeRegistry> {
        M::copies().map(|copies| copies.types().clone())
    }

    fn follow(&self, handles: &dyn Any, copy: &mut Simulation) -> Box<dyn Any> {
        Box::new(M::copies().expect(COPIED).follow(of::<M>(handles), copy))
    }

    fn save(&self, handles: &dyn Any) -> Result<Vec<u8>, SnapshotError> {
        M::copies().expect(COPIED).save(of::<M>(handles))
    }

    fn load(&self, bytes: &[u8], copy: &mut Simulation) -> Result<Box<dyn Any>, SnapshotError> {
        Ok(Box::new(M::copies().expect(COPIED).load(bytes, copy)?))
    }
}
