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
    /// As it comes: with the digest, and each actor draws from a stream of its own.
    Flagfall,
    /// Without the digest, draws from the generator that all engines share.
    FlagfallBare,
    /// With the digest, draws from the shared generator.
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
    pub(crate) const ALL: [Self; 9] = [
        Self::Flagfall,
        Self::FlagfallBare,
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
            Self::FlagfallBare => "flagfall-bare",
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
        matches!(
            self,
            Self::Flagfall | Self::FlagfallBare | Self::FlagfallDigest | Self::FlagfallStreams
        )
    }

    /// Whether it only tells apart what the digest and the streams cost: no column of
    /// a usual run.
    pub(crate) fn is_apart(self) -> bool {
        matches!(self, Self::FlagfallDigest | Self::FlagfallStreams)
    }

    /// Whether it draws from the generator that all engines written in Rust share.
    pub(crate) fn shares_draws(self) -> bool {
        !matches!(self, Self::Flagfall | Self::FlagfallStreams | Self::Simpy)
    }

    /// Whether this build has it.
    pub(crate) fn is_built(self) -> bool {
        self != Self::Desim || cfg!(feature = "desim")
    }

    /// Whether it can run the workload.
    pub(crate) fn runs(self, workload: &Workload) -> bool {
        match (self, workload.kind) {
            (_, Kind::Hold { .. }) => self.is_flagfall(),
            // It cannot take a scheduled event back, nor a process out of a line.
            (Self::Desim, Kind::Timeouts | Kind::Reneging | Kind::Repair) => false,
            // They have no processes, so no resources either.
            (Self::Nexosim | Self::Simrs, kind) if kind.is_for_processes() => false,
            // As the default without its digest, which is what bare is then.
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
            Self::Flagfall => flagfall::streams(kind, true),
            Self::FlagfallBare => flagfall::shared(kind, false),
            Self::FlagfallDigest => flagfall::shared(kind, true),
            Self::FlagfallStreams => flagfall::streams(kind, false),
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
            Self::FlagfallBare => "flagfall bare",
            Self::FlagfallDigest => "flagfall digest",
            Self::FlagfallStreams => "flagfall streams",
            Self::Nexosim => "NeXosim",
            Self::Simpy => "SimPy",
            _ => self.name(),
        })
    }
}
