//! What a file says: which names it defines, which it imports, which it uses.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};

/// A path as it is written: `crate`, `time`, `Span`.
pub(crate) type Path = Vec<String>;

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Type,
    Trait,
    Value,
    /// A macro for the modules below its own.
    Macro,
    /// A macro for everyone, at the root of its crate.
    Exported,
}

/// One name of a `use`.
#[derive(Clone, Debug)]
pub(crate) struct Import {
    pub(crate) path: Path,
    /// What it is called here; none for `*`.
    pub(crate) name: Option<String>,
    /// Whether others may import it from here.
    pub(crate) public: bool,
}

/// A module: that of a file, or one written inside it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope {
    pub(crate) items: Vec<(String, Kind)>,
    pub(crate) imports: Vec<Import>,
    /// Modules inside it; those without a scope are files of their own.
    pub(crate) children: Vec<(String, Option<Scope>)>,
    /// Modules that are in no build.
    pub(crate) left_out: Vec<String>,
    pub(crate) paths: BTreeSet<Path>,
    pub(crate) macros: BTreeSet<Path>,
}

/// Reads a file. Comments, tests inside the file and what is only for documentation do not count.
pub(crate) fn read(file: &str, text: &str) -> Scope {
    // Comments are a third of the text, and parsing takes longest.
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    let text: Vec<&str> = text.lines().filter(is_code).collect();
    let parsed =
        syn::parse_file(&text.join("\n")).unwrap_or_else(|error| panic!("{file}: {error}"));
    let mut reader = Reader::default();
    reader.visit_file(&parsed);
    reader.scope
}

#[derive(Default)]
struct Reader {
    scope: Scope,
    /// How many blocks are open: items inside a block have no name outside it.
    blocks: usize,
}

impl Reader {
    fn define(&mut self, item: &syn::Item) {
        use syn::Item;
        let (name, kind) = match item {
            Item::Const(item) => (&item.ident, Kind::Value),
            Item::Enum(item) => (&item.ident, Kind::Type),
            Item::Fn(item) => (&item.sig.ident, Kind::Value),
            Item::Macro(item) => match &item.ident {
                Some(name) if is_exported(item) => (name, Kind::Exported),
                Some(name) => (name, Kind::Macro),
                None => return,
            },
            Item::Static(item) => (&item.ident, Kind::Value),
            Item::Struct(item) => (&item.ident, Kind::Type),
            Item::Trait(item) => (&item.ident, Kind::Trait),
            Item::TraitAlias(item) => (&item.ident, Kind::Trait),
            Item::Type(item) => (&item.ident, Kind::Type),
            Item::Union(item) => (&item.ident, Kind::Type),
            _ => return,
        };
        self.scope.items.push((name.to_string(), kind));
    }

    fn import(&mut self, before: &[String], tree: &syn::UseTree, public: bool) {
        let path_to = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        let (path, name) = match tree {
            syn::UseTree::Path(tree) => {
                return self.import(&path_to(&tree.ident), &tree.tree, public);
            }
            syn::UseTree::Group(tree) => {
                return tree.items.iter().for_each(|item| self.import(before, item, public));
            }
            syn::UseTree::Name(tree) if tree.ident == "self" => {
                (before.to_vec(), before.last().cloned())
            }
            syn::UseTree::Rename(tree) if tree.ident == "self" => {
                (before.to_vec(), Some(tree.rename.to_string()))
            }
            syn::UseTree::Name(tree) => (path_to(&tree.ident), Some(tree.ident.to_string())),
            syn::UseTree::Rename(tree) => (path_to(&tree.ident), Some(tree.rename.to_string())),
            syn::UseTree::Glob(_) => (before.to_vec(), None),
        };
        self.scope.imports.push(Import { path, name, public });
    }

    /// The paths in the text of a macro, or in what is handed to one.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut words = Vec::new();
        flatten(tokens, &mut words);
        let mut at = 0;
        while at < words.len() {
            let mut end = at + 1;
            while is_word(&words[at])
                && words[end..].starts_with(&[":".into(), ":".into()])
                && words.get(end + 2).is_some_and(|word| is_word(word))
            {
                end += 3;
            }
            if is_word(&words[at]) && is_first(&words[..at], &words[at]) {
                let path: Path = words[at..end].iter().step_by(3).cloned().collect();
                let called = words[end..].first().is_some_and(|word| word == "!");
                match words.get(end + 1).map(String::as_str) {
                    Some("(" | "[" | "{") if called => self.scope.macros.insert(path),
                    _ => self.scope.paths.insert(path),
                };
            }
            at = end;
        }
    }
}

impl<'a> Visit<'a> for Reader {
    fn visit_item(&mut self, item: &'a syn::Item) {
        match item {
            syn::Item::Mod(module) if is_left_out(&module.attrs) => {
                self.scope.left_out.push(module.ident.to_string());
            }
            item if is_left_out(attributes_of(item)) => {}
            syn::Item::Mod(module) => {
                let inside = module.content.as_ref().map(|(_, items)| {
                    let mut reader = Self::default();
                    items.iter().for_each(|item| reader.visit_item(item));
                    reader.scope
                });
                self.scope.children.push((module.ident.to_string(), inside));
            }
            syn::Item::Use(item) => {
                let public = !matches!(item.vis, syn::Visibility::Inherited);
                self.import(&[], &item.tree, public);
            }
            // A macro that is handed items defines them: `message! { enum Said { .. } }`.
            syn::Item::Macro(syn::ItemMacro { ident: None, mac, .. }) => {
                match syn::parse2::<syn::File>(mac.tokens.clone()) {
                    Ok(inside) => inside.items.iter().for_each(|item| self.visit_item(item)),
                    Err(_) => self.tokens(mac.tokens.clone()),
                }
                self.scope.macros.insert(path_of(&mac.path));
            }
            _ => {
                if self.blocks == 0 {
                    self.define(item);
                }
                visit::visit_item(self, item);
            }
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'a syn::ImplItemFn) {
        if !is_left_out(&item.attrs) {
            visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_block(&mut self, block: &'a syn::Block) {
        self.blocks += 1;
        visit::visit_block(self, block);
        self.blocks -= 1;
    }

    fn visit_path(&mut self, path: &'a syn::Path) {
        self.scope.paths.insert(path_of(path));
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, called: &'a syn::Macro) {
        self.scope.macros.insert(path_of(&called.path));
        self.tokens(called.tokens.clone());
    }

    fn visit_attribute(&mut self, _: &'a syn::Attribute) {}

    fn visit_visibility(&mut self, _: &'a syn::Visibility) {}
}

fn path_of(path: &syn::Path) -> Path {
    path.segments.iter().map(|segment| segment.ident.to_string()).collect()
}

fn attributes_of(item: &syn::Item) -> &[syn::Attribute] {
    use syn::Item;
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn is_exported(item: &syn::ItemMacro) -> bool {
    item.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export"))
}

/// Whether an item is in no build of the crate: `#[cfg(test)]`, `#[cfg(any(doc, doctest))]`.
fn is_left_out(attributes: &[syn::Attribute]) -> bool {
    let no_build = ["any", "test", "doc", "doctest"];
    attributes.iter().any(|attribute| match &attribute.meta {
        syn::Meta::List(list) if list.path.is_ident("cfg") => {
            let mut words = Vec::new();
            flatten(list.tokens.clone(), &mut words);
            words.iter().filter(|word| is_word(word)).all(|word| no_build.contains(&word.as_str()))
        }
        _ => false,
    })
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Whether a path begins with this word: it is no field or method, no lifetime, no later part of
/// a path, and nothing that a macro is handed.
fn is_first(before: &[String], word: &str) -> bool {
    match before {
        [.., one, two] if one == two => two != ":",
        [.., sign] if sign == "$" => word == "crate",
        [.., sign] => sign != "." && sign != "'",
        [] => true,
    }
}

/// Words and signs in a row; a literal is one sign.
fn flatten(tokens: TokenStream, words: &mut Vec<String>) {
    for tree in tokens {
        match tree {
            TokenTree::Group(group) => {
                words.push("(".to_owned());
                flatten(group.stream(), words);
                words.push(")".to_owned());
            }
            TokenTree::Ident(word) => words.push(word.to_string()),
            TokenTree::Punct(sign) => words.push(sign.as_char().to_string()),
            TokenTree::Literal(_) => words.push("\"".to_owned()),
        }
    }
}
