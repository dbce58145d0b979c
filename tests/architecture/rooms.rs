//! Rooms import only those above them.

use std::collections::BTreeSet;

use crate::graph::Graph;
use crate::{graph, room_of, sources, text_of};
use syn::visit::Visit;

/// The rooms of the engine, top to bottom; each room may import only those above it.
/// `model` may not be imported by the kernel, and so on, because of the order.
const ENGINE: &[&str] = &[
    "time",
    "measure",
    "panics",
    "statistics",
    "digest",
    "schedule",
    "random",
    "arrivals",
    "event_list",
    "handles",
    "actor",
    "snapshot",
    "network",
    "record",
    "trace",
    "line",
    "gauge",
    "tie",
    "error",
    "config",
    "outcome",
    "store",
    "entities",
    "kernel",
    "features",
    "links",
    "cpu",
    "handler",
    "request",
    "process",
    "resource",
    "condition",
    "collect",
    "group",
    "supervision",
    "types",
    "parts",
    "stuck",
    "hooks",
    "simulation",
    "fork",
    "save",
    "search",
    "pacing",
    "model",
    "experiment",
    "prelude",
    "book",
];

/// The rooms of the command, which stands above the engine.
const COMMAND: &[&str] = &[
    "disk", "words", "limits", "models", "scenario", "study", "shrink", "report", "command", "main",
];

/// What a room may not name although it stands above.
const FORBIDDEN: [(&str, &str); 8] = [
    ("event_list", "statistics"),
    ("simulation", "statistics"),
    ("model", "event_list"),
    ("models", "event_list"),
    ("models", "pacing"),
    ("report", "event_list"),
    ("report", "pacing"),
    ("report", "random"),
];

/// The models, ordinary users of the engine: none knows another.
const MODELS: [&str; 5] = ["actor_tree", "message_log", "parameter_server", "queue", "taxi_fleet"];

/// Why a file may not name what it names; none, if it may.
fn refusal(from: &str, to: &str) -> Option<String> {
    let (room, named) = (room_of(from), room_of(to));
    if FORBIDDEN.contains(&(room, named)) {
        return Some(format!("{room} may not know {named}"));
    }
    let rooms = match (from.starts_with("cli/"), to.starts_with("cli/")) {
        (true, false) => return None,
        (false, true) => return Some("the engine knows the command".to_owned()),
        (true, true) => COMMAND,
        (false, false) => ENGINE,
    };
    let position = |room| rooms.iter().position(|known| *known == room);
    let Some(at) = position(room) else {
        return Some(format!("{room} has no place among the rooms"));
    };
    match position(named) {
        Some(above) if above > at => Some(format!("{room} imports {named}, a room below it")),
        Some(_) => None,
        None => Some(format!("{named} has no place among the rooms")),
    }
}

fn model_of(file: &str) -> Option<&str> {
    let inside = file.strip_prefix("cli/src/models/")?;
    let name = inside.split('/').next()?.trim_end_matches(".rs");
    MODELS.contains(&name).then_some(name)
}

/// What each file names against the rules, in words.
pub(crate) fn refusals(graph: &Graph) -> Vec<String> {
    let mut refusals = Vec::new();
    for (from, to, names) in graph.arrows() {
        let other_model = model_of(to).filter(|to| model_of(from).is_some_and(|from| from != *to));
        let other_model = other_model.map(|_| "models do not know each other".to_owned());
        if let Some(why) = refusal(from, to).or(other_model) {
            refusals.push(format!("{from} names {names} of {to}: {why}"));
        }
    }
    refusals
}

/// The rooms of the engine that a text names by their own name, as `crate::tie`.
#[derive(Default)]
struct Written(BTreeSet<String>);

impl<'a> Visit<'a> for Written {
    fn visit_item_use(&mut self, item: &'a syn::ItemUse) {
        let for_rustdoc = item.attrs.iter().any(|attribute| {
            attribute.path().is_ident("cfg")
                && attribute.parse_args::<syn::Ident>().is_ok_and(|flag| flag == "doc")
        });
        let syn::UseTree::Path(root) = &item.tree else { return };
        if for_rustdoc || root.ident != "crate" {
            return;
        }
        let mut open = vec![&*root.tree];
        while let Some(tree) = open.pop() {
            match tree {
                syn::UseTree::Path(path) => drop(self.0.insert(path.ident.to_string())),
                syn::UseTree::Name(name) => drop(self.0.insert(name.ident.to_string())),
                syn::UseTree::Rename(name) => drop(self.0.insert(name.ident.to_string())),
                syn::UseTree::Group(group) => open.extend(&group.items),
                syn::UseTree::Glob(_) => {}
            }
        }
    }

    fn visit_path(&mut self, path: &'a syn::Path) {
        let mut names = path.segments.iter().map(|segment| segment.ident.to_string());
        if names.next().is_some_and(|first| first == "crate") {
            self.0.extend(names.next());
        }
        syn::visit::visit_path(self, path);
    }
}

/// The rooms below that a text of a room names. The arrows lead to where a name is defined; this
/// is about a name that a lower room only hands on.
fn written_below(room: &str, text: &str) -> BTreeSet<String> {
    let mut written = Written::default();
    written.visit_file(&syn::parse_file(text).expect("Rust"));
    let position = |room: &str| ENGINE.iter().position(|known| *known == room);
    let mut below = written.0;
    below.retain(|name| position(name) > position(room) && position(name).is_some());
    below
}

#[test]
fn no_room_names_one_below_for_what_that_hands_on() {
    for file in sources("src/").iter().filter(|file| ENGINE.contains(&room_of(file))) {
        let below = written_below(room_of(file), &text_of(file));
        assert!(below.is_empty(), "{file} names {below:?}: import from where it is defined");
    }
    let planted =
        "use crate::{tie::Thing, supervision::{self as s, Watch}}; fn f() { crate::save::g() }";
    let below: Vec<String> = written_below("kernel", planted).into_iter().collect();
    assert_eq!(below, ["save", "supervision"]);
}

#[test]
fn every_room_has_a_place() {
    for (package, rooms) in [("src/", ENGINE), ("cli/", COMMAND)] {
        let files = sources(package);
        let found: BTreeSet<&str> = files.iter().map(|file| room_of(file)).collect();
        let listed: BTreeSet<&str> = rooms.iter().copied().chain(["lib"]).collect();
        assert_eq!(found, listed);
    }
}

#[test]
fn rooms_import_only_those_above() {
    let refusals = refusals(graph());
    assert!(refusals.is_empty(), "{}", refusals.join("\n"));
}

#[test]
fn architecture_md_lists_the_rooms_in_order() {
    let text = text_of("ARCHITECTURE.md");
    let listed: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|line| line.split('`').next())
        .map(|name| name.trim_end_matches('/').trim_end_matches(".rs"))
        .filter(|name| ENGINE.contains(name) || COMMAND.contains(name))
        .collect();
    assert_eq!(listed, [ENGINE, COMMAND].concat());
}
