//! The modules of a crate, and in which file a name is defined.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::read::{Import, Kind, Path, Scope};

/// Where crates begin, and what they are called.
const CRATES: [(&str, &str); 3] =
    [("flagfall", "src/lib.rs"), ("flagfall_cli", "cli/src/lib.rs"), ("main", "cli/src/main.rs")];

/// What each file says, by its path from the root of the repository.
pub(crate) type Files = BTreeMap<String, Scope>;

struct Module<'a> {
    file: &'a str,
    scope: &'a Scope,
    root: usize,
    parent: Option<usize>,
    children: BTreeMap<&'a str, usize>,
}

/// What a path leads to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Target<'a> {
    Module(usize),
    Item { module: usize, name: &'a str, kind: Kind },
}

/// Imports that are being followed: an import may lead back to itself.
type Followed = BTreeSet<(usize, usize, String)>;

pub(crate) struct Modules<'a> {
    modules: Vec<Module<'a>>,
    roots: BTreeMap<&'a str, usize>,
    /// How the paths of files begin that are in no build.
    left_out: Vec<String>,
    /// For each module, what its names were found to stand for.
    found: RefCell<Vec<BTreeMap<String, Vec<Target<'a>>>>>,
}

/// That a file names what another one defines.
pub(crate) struct Naming<'a> {
    pub(crate) from: &'a str,
    pub(crate) to: &'a str,
    pub(crate) name: &'a str,
}

impl<'a> Modules<'a> {
    /// # Panics
    ///
    /// If a file is missing, or no module's.
    pub(crate) fn new(files: &'a Files) -> Self {
        let found = RefCell::default();
        let mut all =
            Self { modules: Vec::new(), roots: BTreeMap::new(), left_out: Vec::new(), found };
        for (name, file) in CRATES {
            let (file, scope) = files.get_key_value(file).expect("the root of a crate");
            let root = all.modules.len();
            all.roots.insert(name, root);
            let folder = file.rsplit_once('/').expect("a folder").0;
            all.add(files, file, scope, folder, None);
        }
        all.found.borrow_mut().resize(all.modules.len(), BTreeMap::new());
        let read: BTreeSet<&str> = all.modules.iter().map(|module| module.file).collect();
        let left_out = |file: &str| all.left_out.iter().any(|module| file.starts_with(module));
        let alone = files.keys().find(|file| !read.contains(file.as_str()) && !left_out(file));
        assert_eq!(alone, None, "a file that no module declares");
        all
    }

    /// `folder` is where the files of its children are.
    fn add(
        &mut self,
        files: &'a Files,
        file: &'a str,
        scope: &'a Scope,
        folder: &str,
        parent: Option<usize>,
    ) -> usize {
        let at = self.modules.len();
        let root = parent.map_or(at, |parent| self.modules[parent].root);
        self.modules.push(Module { file, scope, root, parent, children: BTreeMap::new() });
        for name in &scope.left_out {
            self.left_out.extend(["/", "."].map(|end| format!("{folder}/{name}{end}")));
        }
        for (name, inside) in &scope.children {
            let folder = format!("{folder}/{name}");
            let (file, scope) = match inside {
                Some(scope) => (file, scope),
                None => [format!("{folder}.rs"), format!("{folder}/mod.rs")]
                    .iter()
                    .find_map(|path| files.get_key_value(path))
                    .map(|(file, scope)| (file.as_str(), scope))
                    .unwrap_or_else(|| panic!("{file} declares {name}, which has no file")),
            };
            let child = self.add(files, file, scope, &folder, Some(at));
            self.modules[at].children.insert(name, child);
        }
        at
    }

    /// All names that a file has from another one, and what could not be found.
    pub(crate) fn namings(&self) -> (Vec<Naming<'a>>, Vec<String>) {
        let mut namings = Vec::new();
        let mut lost = Vec::new();
        for at in 0..self.modules.len() {
            let scope = self.modules[at].scope;
            let mut targets = BTreeSet::new();
            for path in &scope.paths {
                let found = self.follow(at, path, &mut Followed::new());
                self.note_lost(at, path, &found, &mut lost);
                targets.extend(found.into_iter().filter(|target| !is_macro(target)));
            }
            for path in &scope.macros {
                let found = self.follow_macro(at, path);
                targets.extend(found.into_iter().filter(is_macro));
            }
            for import in &scope.imports {
                let found = self.follow(at, &import.path, &mut Followed::new());
                self.note_lost(at, &import.path, &found, &mut lost);
                targets.extend(self.imported(at, import, found));
            }
            namings.extend(targets.into_iter().filter_map(|target| self.naming(at, target)));
        }
        (namings, lost)
    }

    fn naming(&self, from: usize, target: Target<'a>) -> Option<Naming<'a>> {
        let Target::Item { module, name, .. } = target else {
            return None;
        };
        let (from, to) = (self.modules[from].file, self.modules[module].file);
        (from != to).then_some(Naming { from, to, name })
    }

    fn note_lost(&self, at: usize, path: &Path, found: &[Target<'_>], lost: &mut Vec<String>) {
        let begins = || self.follow(at, &path[..1], &mut Followed::new());
        let ours = || begins().iter().any(|target| matches!(target, Target::Module(_)));
        if found.is_empty() && ours() {
            lost.push(format!("{} names {}", self.modules[at].file, path.join("::")));
        }
    }

    /// What an import alone makes its file depend on. A public import of what a module inside
    /// defines does not count: it only hands the name on. Of what a `*` brings, only traits count:
    /// all else is named where it is used.
    fn imported(&self, at: usize, import: &Import, found: Vec<Target<'a>>) -> BTreeSet<Target<'a>> {
        let mut targets = BTreeSet::new();
        for target in found {
            match target {
                Target::Module(module) if import.name.is_none() => {
                    targets.extend(self.traits_of(module));
                }
                _ => drop(targets.insert(target)),
            }
        }
        let inside = |target: &Target<'_>| match target {
            Target::Item { module, .. } => self.is_inside(*module, at),
            Target::Module(_) => true,
        };
        targets.retain(|target| !(import.public && inside(target)));
        targets
    }

    fn is_inside(&self, module: usize, outer: usize) -> bool {
        module == outer
            || self.modules[module].parent.is_some_and(|parent| self.is_inside(parent, outer))
    }

    fn traits_of(&self, module: usize) -> Vec<Target<'a>> {
        let scope = self.modules[module].scope;
        let items = scope.items.iter().map(|(name, _)| name);
        let names = items.chain(scope.imports.iter().filter_map(|import| import.name.as_ref()));
        names
            .flat_map(|name| self.look_up(module, name, &mut Followed::new()))
            .filter(|target| matches!(target, Target::Item { kind: Kind::Trait, .. }))
            .collect()
    }

    /// What a path leads to that is written in module `at`; nothing, if to other crates.
    fn follow(&self, at: usize, path: &[String], followed: &mut Followed) -> Vec<Target<'a>> {
        let mut targets = match path[0].as_str() {
            "crate" => vec![Target::Module(self.modules[at].root)],
            "self" => vec![Target::Module(at)],
            "super" => self.modules[at].parent.map(Target::Module).into_iter().collect(),
            name => match self.look_up(at, name, followed) {
                none if none.is_empty() => {
                    self.roots.get(name).map(|root| Target::Module(*root)).into_iter().collect()
                }
                found => found,
            },
        };
        for name in &path[1..] {
            targets.sort_unstable();
            targets.dedup();
            targets = targets
                .into_iter()
                .flat_map(|target| match target {
                    Target::Module(module) if name == "super" => {
                        self.modules[module].parent.map(Target::Module).into_iter().collect()
                    }
                    Target::Module(module) => self.look_up(module, name, followed),
                    // The name of a variant, or of what is associated.
                    Target::Item { kind: Kind::Type | Kind::Trait, .. } => vec![target],
                    Target::Item { .. } => Vec::new(),
                })
                .collect();
        }
        targets
    }

    /// A macro of one word may also be one of a module further out.
    fn follow_macro(&self, at: usize, path: &[String]) -> Vec<Target<'a>> {
        let mut found = self.follow(at, path, &mut Followed::new());
        let mut outer = self.modules[at].parent;
        while let (true, Some(module)) = (path.len() == 1, outer) {
            let items = &self.modules[module].scope.items;
            let named = items.iter().filter(|(name, _)| *name == path[0]);
            found.extend(named.map(|(name, kind)| Target::Item { module, name, kind: *kind }));
            outer = self.modules[module].parent;
        }
        found
    }

    /// What a name stands for in a module.
    fn look_up(&self, at: usize, name: &str, followed: &mut Followed) -> Vec<Target<'a>> {
        // While imports are followed they are not followed again: the answer may be incomplete.
        if !followed.is_empty() {
            return self.search(at, name, followed);
        }
        if let Some(found) = self.found.borrow()[at].get(name) {
            return found.clone();
        }
        let found = self.search(at, name, followed);
        self.found.borrow_mut()[at].insert(name.to_owned(), found.clone());
        found
    }

    fn search(&self, at: usize, name: &str, followed: &mut Followed) -> Vec<Target<'a>> {
        let module = &self.modules[at];
        let mut found: Vec<Target<'a>> = module
            .scope
            .items
            .iter()
            .filter(|(item, kind)| item == name && *kind != Kind::Exported)
            .map(|(name, kind)| Target::Item { module: at, name, kind: *kind })
            .collect();
        found.extend(module.children.get(name).map(|child| Target::Module(*child)));
        if module.root == at {
            found.extend(self.exported(at, name));
        }
        for named in [true, false] {
            for (number, import) in module.scope.imports.iter().enumerate() {
                let fits = match &import.name {
                    Some(known) => named && known == name,
                    None => !named && found.is_empty(),
                };
                if fits && followed.insert((at, number, name.to_owned())) {
                    found.extend(self.through(at, import, name, followed));
                    followed.remove(&(at, number, name.to_owned()));
                }
            }
        }
        found
    }

    fn through(
        &self,
        at: usize,
        import: &Import,
        name: &str,
        followed: &mut Followed,
    ) -> Vec<Target<'a>> {
        let targets = self.follow(at, &import.path, followed);
        if import.name.is_some() {
            return targets;
        }
        let within = |target| match target {
            Target::Module(module) => self.look_up(module, name, followed),
            Target::Item { .. } => Vec::new(),
        };
        targets.into_iter().flat_map(within).collect()
    }

    /// The macro of that name for everyone.
    fn exported(&self, root: usize, name: &str) -> Vec<Target<'a>> {
        let of = |module: usize| {
            self.modules[module]
                .scope
                .items
                .iter()
                .filter(move |(item, kind)| item == name && *kind == Kind::Exported)
                .map(move |(name, kind)| Target::Item { module, name, kind: *kind })
        };
        (root..self.modules.len())
            .filter(|module| self.modules[*module].root == root)
            .flat_map(of)
            .collect()
    }
}

fn is_macro(target: &Target<'_>) -> bool {
    matches!(target, Target::Item { kind: Kind::Macro | Kind::Exported, .. })
}
