//! All tests of the engine in one binary; one module per area.

mod conservation;
mod corners;
mod cpu;
mod distributions;
mod engine;
mod event_list;
mod failures;
mod fault_plans;
mod faults;
mod groups;
mod lifecycle;
mod meetings;
#[cfg(target_os = "linux")]
mod memory;
mod messages;
mod names;
mod network;
mod never;
mod pacing;
mod panics;
mod processes;
mod random;
mod requests;
mod resources;
mod seeds;
mod simpy;
mod spawned;
mod starts;
mod statistics;
mod stuck;
mod supervision;
mod support;
mod theory;
mod ties;
mod time;
mod timers;
