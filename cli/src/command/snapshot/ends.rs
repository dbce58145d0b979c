//! Finds branches of a fork that are the same run.

use crate::command::talk::talk;
use flagfall::digest::Digest;
use std::collections::BTreeMap;

/// The numbers and new seeds of the branches, by their digest.
#[derive(Default)]
pub(crate) struct Ends(BTreeMap<Option<u128>, Vec<(u32, Option<u64>)>>);

impl Ends {
    pub(crate) fn add(&mut self, number: u32, seed: Option<u64>, digest: Option<Digest>) {
        let digest = digest.map(|digest| digest.value());
        self.0.entry(digest).or_default().push((number, seed));
    }

    /// Notes which branches are the same run, as they seem to be several.
    pub(crate) fn tell(&self) {
        let numbers = |branches: &[(u32, Option<u64>)]| {
            let numbers = branches.iter().map(|(number, _)| number.to_string());
            numbers.collect::<Vec<_>>().join(", ")
        };
        let mut alike: Vec<_> = self.0.iter().collect();
        alike.sort_by_key(|(_, branches)| branches.first().copied());
        for (digest, branches) in alike {
            let (seeded, others): (Vec<_>, Vec<_>) =
                branches.iter().copied().partition(|(_, seed)| seed.is_some());
            // Without digests, those with new seeds may be different.
            if digest.is_some() && !seeded.is_empty() && branches.len() > 1 {
                talk(format_args!(
                    "note: branches {} have different seeds and one digest: after the fork, \
                     nothing that the digest covers depends on the seed (streams that the model \
                     opens itself, by Stream::open, are not changed)",
                    numbers(branches)
                ));
            } else if others.len() > 1 {
                talk(format_args!(
                    "note: branches {} are one run, for nothing makes them differ: give each a \
                     seed, like --seeds 1,2",
                    numbers(&others)
                ));
            }
        }
    }
}
