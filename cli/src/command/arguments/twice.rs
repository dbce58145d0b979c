//! Refuses an option that is given both before and after the system's name: the parser would
//! ignore the one before.

use crate::command::given::{Given, option, options, options_before};
use crate::command::talk::Failure;
use clap::Command;
use std::ffi::OsString;

pub(crate) fn check(tree: &Command, arguments: &[OsString]) -> Result<(), Failure> {
    let named = arguments.get(1).and_then(|word| tree.find_subcommand(word));
    let Some(command) = named.filter(|command| command.has_subcommands()) else { return Ok(()) };
    let (before, behind) = arguments[2..].split_at(options_before(command, &arguments[2..]));
    let Some((system, behind)) = behind.split_first() else { return Ok(()) };
    let of = [Some(command), command.find_subcommand(system)];
    let behind = options(behind, &of.into_iter().flatten().collect::<Vec<_>>());
    let is_twice = |given: &&Given| {
        let arg = option(command, &given.name);
        arg.is_some_and(|arg| arg.is_global_set() && arg.get_action().takes_values())
            && behind.iter().any(|other| other.name == given.name)
    };
    match options(before, &[command]).iter().find(is_twice) {
        None => Ok(()),
        Some(Given { name, .. }) => {
            let system = system.to_string_lossy();
            Err(Failure::Usage(format!(
                "--{name} is given twice, before {system} and after it: give it on one side"
            )))
        }
    }
}
