//! The options that limit a run, in one table.
//!
//! All code that reads, writes or looks for such an option uses this table. A new field of
//! [`Limits`] does not compile until it is in [`texts`], and a test compares [`texts`] with the
//! table.

use flagfall::Limits;
use flagfall::time::Span;

/// A limit that is a whole number.
#[derive(Debug)]
pub(crate) struct LimitOption {
    pub(crate) name: &'static str,
    pub(crate) field: fn(&mut Limits) -> &mut u64,
}

pub(crate) static LIMITS: [LimitOption; 7] = [
    LimitOption { name: "max-events", field: |limits| &mut limits.events },
    LimitOption { name: "max-events-per-instant", field: |limits| &mut limits.events_per_instant },
    LimitOption { name: "max-actors", field: |limits| &mut limits.live_actors },
    LimitOption { name: "max-owners", field: |limits| &mut limits.owners },
    LimitOption { name: "max-names", field: |limits| &mut limits.remembered_names },
    LimitOption { name: "max-pending", field: |limits| &mut limits.pending_events },
    LimitOption { name: "max-mailbox", field: |limits| &mut limits.mailbox_length },
];

/// The one limit that is a virtual time.
pub(crate) const END_TIME: &str = "end-time";

/// The names of all options that limit a run.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    LIMITS.iter().map(|limit| limit.name).chain([END_TIME])
}

/// The option of each limit with its value, as on the command line.
pub(crate) fn texts(limits: &Limits) -> Vec<(&'static str, String)> {
    // All fields by name: so a new one does not compile until it is here.
    let Limits {
        events,
        events_per_instant,
        live_actors,
        owners,
        remembered_names,
        pending_events,
        mailbox_length,
        end_time,
    } = limits;
    vec![
        ("max-events", events.to_string()),
        ("max-events-per-instant", events_per_instant.to_string()),
        ("max-pending", pending_events.to_string()),
        ("max-mailbox", mailbox_length.to_string()),
        ("max-actors", live_actors.to_string()),
        ("max-owners", owners.to_string()),
        ("max-names", remembered_names.to_string()),
        (END_TIME, Span::from_nanos(end_time.as_nanos()).to_string()),
    ]
}

#[cfg(test)]
mod tests {
    use super::{LIMITS, names, texts};
    use flagfall::Limits;
    use std::collections::BTreeSet;

    /// The option that sets a field is the one it is written as.
    #[test]
    fn each_option_sets_its_own_field() {
        let usual = texts(&Limits::default());
        for limit in &LIMITS {
            let mut limits = Limits::default();
            *(limit.field)(&mut limits) = 7;
            let changed = texts(&limits).into_iter().filter(|text| !usual.contains(text));
            assert_eq!(changed.collect::<Vec<_>>(), [(limit.name, "7".to_owned())]);
        }
        // All fields have an option: those of the table, and the one that is a time.
        let all = names().collect::<BTreeSet<_>>();
        assert_eq!((all.len(), names().count()), (usual.len(), usual.len()));
    }

    /// These lists are written by hand.
    #[test]
    fn help_and_dictionary_name_each_limit() {
        let dictionary = include_str!("../../benches/fuzz/dictionaries/scenario.dict");
        let command = include_str!("../../docs/command.md");
        let fork = include_str!("command/options/fork.rs");
        for name in names() {
            assert!(dictionary.contains(&format!("\"{name} = \"")), "{name} in the dictionary");
            assert!(command.contains(&format!("`--{name}`")), "{name} on the page");
            assert!(fork.contains(name), "{name} in the help");
        }
    }
}
