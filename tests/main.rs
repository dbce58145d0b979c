//! All integration tests in one binary; one module per area.

mod architecture;
mod clock;
#[cfg(feature = "cli")]
mod command;
#[cfg(feature = "cli")]
mod command_files;
#[cfg(feature = "cli")]
mod command_pace;
#[cfg(feature = "cli")]
mod command_places;
#[cfg(feature = "cli")]
mod command_snapshot;
#[cfg(feature = "cli")]
mod command_studies;
#[cfg(feature = "cli")]
mod command_trace;
#[cfg(feature = "cli")]
mod compare;
mod conservation;
mod corners;
mod cpu;
mod digest;
mod engine;
mod event_list;
mod experiment;
mod failures;
mod fault_plans;
mod faults;
mod forks;
mod groups;
#[cfg(all(feature = "cli", feature = "parquet"))]
mod guide;
mod horizon;
mod lifecycle;
mod measures;
mod meetings;
#[cfg(target_os = "linux")]
mod memory;
mod names;
mod network;
mod never;
#[cfg(feature = "cli")]
mod notebook;
mod pacing;
#[cfg(feature = "cli")]
mod page;
mod panics;
mod printing;
mod processes;
mod queue;
mod random;
mod ray_taxi;
mod requests;
mod resources;
#[cfg(feature = "cli")]
mod scenario;
mod seeds;
mod simpy;
mod statistics;
mod stuck;
#[cfg(all(feature = "cli", feature = "parquet"))]
mod study;
mod supervision;
mod support;
mod taxi;
mod theory;
mod ties;
mod time;
mod timers;
#[cfg(feature = "trace")]
mod trace;
mod tree;
