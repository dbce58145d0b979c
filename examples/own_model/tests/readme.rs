//! README.md: every command on it runs, and prints what it shows.

#[path = "../../../cli/tests/guide/page.rs"]
mod page;

#[test]
fn the_page_is_true() {
    let folder = page::Folder::new("own-model");
    std::fs::write(folder.0.join("shop.toml"), include_str!("../shop.toml")).expect("a file");
    let text = include_str!("../README.md").replace("cargo run -- ", "till ");
    page::follow(env!("CARGO_BIN_EXE_till"), "README", &text, &folder.0);
}
