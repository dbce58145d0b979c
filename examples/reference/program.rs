//! The reference models, each under all commands: see docs/reference-models.md.
//!
//! ```console
//! cargo run --release -p flagfall-cli --example reference -- run emergency --seed 42
//! ```

mod call_centre;
mod elevators;
mod emergency;
mod inventory;
mod job_shop;
mod line;
mod options;
mod port;
mod time_shared;

use flagfall_cli::Program;

pub(crate) fn main() -> std::process::ExitCode {
    Program::new()
        .model::<emergency::Emergency>()
        .model::<job_shop::JobShop>()
        .model::<time_shared::TimeShared>()
        .model::<inventory::Inventory>()
        .model::<line::Line>()
        .model::<port::Port>()
        .model::<call_centre::CallCentre>()
        .model::<elevators::Elevators>()
        .main(std::env::args_os())
}
