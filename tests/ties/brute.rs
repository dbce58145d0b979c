//! All orders of a program, one run each: nothing is left out, and nothing is
//! known of what events touch.

use flagfall::{ErrorKind, SimulationError, TieChoices, TiePolicy};
use std::collections::BTreeMap;

/// What one run came to, how many events it had, and how it failed.
pub(super) struct Ran<T> {
    pub(super) result: T,
    pub(super) events: u64,
    pub(super) error: Option<SimulationError>,
}

/// How many orders come to each result; `None` if there are more than `most`.
pub(super) fn all_orders<T: Ord>(
    mut program: impl FnMut(&TiePolicy) -> Ran<T>,
    most: usize,
) -> Option<BTreeMap<T, u128>> {
    let mut found = BTreeMap::new();
    let mut orders = 0;
    let mut open = vec![(Vec::<(u64, u32)>::new(), program(&TiePolicy::InOrder))];
    while let Some((choices, ran)) = open.pop() {
        orders += 1;
        if orders > most {
            return None;
        }
        *found.entry(ran.result).or_insert(0) += 1;
        let first = choices.last().map_or(1, |choice| choice.0 + 1);
        for event in first..=ran.events {
            for candidate in 1.. {
                let mut more = choices.clone();
                more.push((event, candidate));
                let ran = program(&TiePolicy::Chosen(choices_of(&more)));
                let cannot = ran.error.as_ref().map(|error| &error.kind);
                if matches!(cannot, Some(ErrorKind::TieChoice { .. })) {
                    break;
                }
                open.push((more, ran));
            }
        }
    }
    Some(found)
}

fn choices_of(choices: &[(u64, u32)]) -> TieChoices {
    let text: Vec<String> = choices.iter().map(|(e, c)| format!("{e}={c}")).collect();
    text.join(",").parse().expect("choices")
}
