//! Variants of enums that must also be named elsewhere: where a text is read into the enum, and in
//! the list of what a trace can have. The compiler does not ask for them there.

use crate::{sources, text_of};
use std::collections::BTreeSet;
use syn::visit::Visit;

/// No text is read as this.
const NOT_READ: &str = "TiePolicy::Guided";

/// The names in a part of a file.
#[derive(Default)]
struct Names(BTreeSet<String>);

impl<'a> Visit<'a> for Names {
    fn visit_ident(&mut self, name: &'a syn::Ident) {
        self.0.insert(name.to_string());
    }
}

/// The names in the items of a file that are chosen.
fn names(text: &str, chosen: impl Fn(&syn::Item) -> bool) -> BTreeSet<String> {
    let mut names = Names::default();
    let file = syn::parse_file(text).expect("Rust");
    file.items.iter().filter(|item| chosen(item)).for_each(|item| names.visit_item(item));
    names.0
}

/// All variants of the enums in a file, as `Enum::Variant`.
fn variants(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    for item in syn::parse_file(text).expect("Rust").items {
        let syn::Item::Enum(item) = item else { continue };
        all.extend(item.variants.iter().map(|one| format!("{}::{}", item.ident, one.ident)));
    }
    all
}

/// The variants in a file that its `FromStr` does not name.
fn unread(text: &str) -> Vec<String> {
    let mut unread = variants(text);
    unread.retain(|variant| {
        let (of, name) = variant.split_once("::").expect("two names");
        let named = names(text, |item| match item {
            syn::Item::Impl(item) => {
                matches!(&item.trait_, Some((path, _))
                    if path.segments.last().is_some_and(|last| last.ident == "FromStr"))
                    && matches!(&*item.self_ty, syn::Type::Path(path) if path.path.is_ident(of))
            }
            _ => false,
        });
        !named.is_empty() && !named.contains(name) && variant != NOT_READ
    });
    unread
}

#[test]
fn every_variant_can_be_read() {
    let texts = sources("").into_iter().map(|file| text_of(&file));
    let unread: Vec<String> =
        texts.filter(|text| text.contains("FromStr for")).flat_map(|text| unread(&text)).collect();
    assert!(unread.is_empty(), "no text is read as {unread:?}: `from_str` lacks it");
}

#[test]
fn a_variant_that_is_forgotten_is_told() {
    let law = "enum Law { Fixed, Uniform } impl std::str::FromStr for Law { type Err = (); \
               fn from_str(_: &str) -> Result<Self, ()> { Ok(Self::Fixed) } }";
    assert_eq!(unread(law), ["Law::Uniform"]);
}

#[test]
fn traces_can_have_every_kind_of_record() {
    let listed = names(
        &text_of("src/trace/kind.rs"),
        |item| matches!(item, syn::Item::Const(item) if item.ident == "KINDS"),
    );
    let files = ["src/record/mod.rs", "src/actor/mod.rs"];
    for variant in files.iter().flat_map(|file| variants(&text_of(file))) {
        let (of, name) = variant.split_once("::").expect("two names");
        let must = ["RecordKind", "DeathCause"].contains(&of);
        assert!(!must || listed.contains(name), "{variant} is not in KINDS of src/trace/kind.rs");
    }
}
