//! What all built-in models have in common.

use crate::command::own::Copies;
use crate::models::Branching;
use flagfall::Simulation;
use flagfall::measure::{Measures, Series};
use flagfall::model::{Measured, Run};
use serde::{Serialize, de::DeserializeOwned};
use std::cell::OnceCell;
use std::sync::Arc;

/// A model that was started. Its results are computed when they are first needed, at the end of
/// the run; its measures do without them.
pub(crate) struct Started<M: Measured> {
    pub(super) model: Arc<M>,
    handles: M::Handles,
    run: OnceCell<Run<M::Result>>,
}

impl<M: Measured> Started<M> {
    pub(super) fn new(model: impl Into<Arc<M>>, simulation: &mut Simulation) -> Self {
        let model = model.into();
        let handles = model.start(simulation);
        Self { model, handles, run: OnceCell::new() }
    }

    fn run(&self, simulation: &Simulation) -> &Run<M::Result> {
        self.run.get_or_init(|| Run::of(simulation, self.model.collect(simulation, &self.handles)))
    }

    pub(super) fn result(&self, simulation: &Simulation) -> &M::Result {
        &self.run(simulation).result
    }

    pub(super) fn measures(&self, simulation: &Simulation) -> Measures {
        self.model.measures_at_end(simulation, &self.handles)
    }

    pub(super) fn series(&self, simulation: &Simulation) -> Vec<Series> {
        self.model.series(self.run(simulation))
    }
}

impl<M> Started<M>
where
    M: Measured + Branching + Clone + Serialize + DeserializeOwned + 'static,
{
    /// How runs are copied and saved: with the parameters, as the file that they were read from
    /// may be gone.
    pub(super) fn copies() -> Copies<Self> {
        Copies::new(
            M::types(),
            |started: &Self| (M::clone(&started.model), started.handles.clone()),
            |(model, handles): (M, M::Handles), copy| {
                let handles = M::attach(handles, copy);
                Self { model: Arc::new(model), handles, run: OnceCell::new() }
            },
        )
    }
}

/// The part of `OwnModel` that is the same for all built-in models; `self.model()` is the model
/// with its parameters, or an `Arc` of it.
macro_rules! of_the_library {
    ($model:ty) => {
        const LATENCY: flagfall::network::Latency = $crate::models::DEFAULT_LATENCY;
        type Handles = $crate::command::built_in::started::Started<$model>;

        fn start(&self, simulation: &mut flagfall::Simulation) -> Self::Handles {
            Self::Handles::new(self.model(), simulation)
        }

        fn measure(
            &self,
            simulation: &flagfall::Simulation,
            started: &Self::Handles,
            measures: &mut flagfall::measure::Measures,
        ) {
            *measures = started.measures(simulation);
        }

        fn series(
            &self,
            simulation: &flagfall::Simulation,
            started: &Self::Handles,
        ) -> Vec<flagfall::measure::Series> {
            started.series(simulation)
        }

        fn settings(&self) -> Option<Vec<$crate::scenario::Setting>> {
            use $crate::scenario::Scenario as _;
            Some(self.model().settings())
        }

        fn copies() -> Option<$crate::command::own::Copies<Self::Handles>> {
            Some(Self::Handles::copies())
        }
    };
}

pub(super) use of_the_library;
