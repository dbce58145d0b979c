//! The glue: what makes a command of the model.

mod till;

use flagfall::prelude::*;
use flagfall::{Measures, Series};
use flagfall_cli::{OwnModel, Program};
use till::{Open, Till};

impl OwnModel for Till {
    const NAME: &'static str = "till";
    type Handles = Open;

    fn start(&self, simulation: &mut Simulation) -> Open {
        self.open(simulation)
    }

    fn measure(&self, simulation: &Simulation, open: &Open, measures: &mut Measures) {
        open.measure(simulation, measures);
    }

    // These two are optional: warm-up plots, checks of several options.
    fn series(&self, _: &Simulation, open: &Open) -> Vec<Series> {
        vec![open.waits()]
    }

    fn check(&self) -> Result<(), String> {
        self.check_load()
    }
}

fn main() -> std::process::ExitCode {
    Program::new().version(env!("CARGO_PKG_VERSION")).model::<Till>().main(std::env::args_os())
}
