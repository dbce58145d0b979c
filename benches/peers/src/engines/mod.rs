//! The workloads on each engine, in the idiom that its own documentation
//! recommends and that is fastest on it.

#[cfg(feature = "desim")]
mod desim;
mod flagfall;
mod nexosim;
mod odem;
mod simrs;

use crate::workload::{Finished, Kind, Workload};
use std::fmt;

/// What is measured: one column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    /// Without the digest, draws from the shared generator.
    Flagfall,
    /// With the digest.
    FlagfallDigest,
    /// Without the digest, each actor draws from a stream of its own.
    FlagfallStreams,
    Nexosim,
    Odem,
    Simrs,
    Desim,
    Simpy,
}

impl Engine {
    pub(crate) const ALL: [Self; 8] = [
        Self::Flagfall,
        Self::FlagfallDigest,
        Self::FlagfallStreams,
        Self::Nexosim,
        Self::Odem,
        Self::Simrs,
        Self::Desim,
        Self::Simpy,
    ];

    /// As it is written on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Flagfall => "flagfall",
            Self::FlagfallDigest => "flagfall-digest",
            Self::FlagfallStreams => "flagfall-streams",
            Self::Nexosim => "nexosim",
            Self::Odem => "odem-rs",
            Self::Simrs => "simrs",
            Self::Desim => "desim",
            Self::Simpy => "simpy",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|engine| engine.name() == name)
    }

    /// Whether it is flagfall under some settings, and so no peer.
    pub(crate) fn is_flagfall(self) -> bool {
        matches!(self, Self::Flagfall | Self::FlagfallDigest | Self::FlagfallStreams)
    }

    /// Whether this build has it.
    pub(crate) fn is_built(self) -> bool {
        self != Self::Desim || cfg!(feature = "desim")
    }

    /// Whether it can run the workload.
    pub(crate) fn runs(self, workload: &Workload) -> bool {
        match (self, workload.kind) {
            (_, Kind::Hold { .. }) => self == Self::Flagfall,
            // It cannot take a scheduled event back.
            (Self::Desim, Kind::Timeouts) => false,
            (Self::FlagfallStreams, _) if !workload.draws() => false,
            _ => true,
        }
    }

    /// Runs the workload in this process.
    ///
    /// # Panics
    /// If the engine does not [run](Self::runs) it here.
    pub(crate) fn run(self, workload: &Workload) -> Finished {
        let Workload { kind, count } = *workload;
        crate::workload::start(count);
        match self {
            Self::Flagfall => flagfall::shared(kind, false),
            Self::FlagfallDigest => flagfall::shared(kind, true),
            Self::FlagfallStreams => flagfall::streams(kind),
            Self::Nexosim => nexosim::run(kind),
            Self::Odem => odem::run(kind),
            Self::Simrs => simrs::run(kind),
            #[cfg(feature = "desim")]
            Self::Desim => desim::run(kind),
            #[cfg(not(feature = "desim"))]
            Self::Desim => panic!("desim is not built in"),
            Self::Simpy => panic!("SimPy runs in Python"),
        }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::FlagfallDigest => "flagfall digest",
            Self::FlagfallStreams => "flagfall streams",
            Self::Nexosim => "NeXosim",
            Self::Simpy => "SimPy",
            _ => self.name(),
        })
    }
}
