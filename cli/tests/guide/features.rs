//! The page of features beside other simulators (`docs/features.md`): what it says of flagfall.

use super::text_of;

const PAGE: &str = "docs/features.md";

/// Cells of the rows of the table behind such a first line.
fn rows(page: &str, first: &str) -> Vec<Vec<String>> {
    let (_, table) = page.split_once(first).unwrap_or_else(|| panic!("there is no {first}"));
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|row| row.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect())
        .collect()
}

/// What stands between backticks.
fn named(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

#[test]
fn each_feature_names_tests_that_exist() {
    let page = text_of(PAGE);
    let mut count = 0;
    for row in rows(&page, "| | use | tests |") {
        let [feature, _, tests] = &row[..] else { panic!("{row:?}") };
        let (mut text, mut shown) = (None, 0);
        for name in named(tests) {
            if name.contains('/') {
                text = Some(text_of(name));
                continue;
            }
            let text = text.as_deref().unwrap_or_else(|| panic!("{feature}: {name} has no file"));
            assert!(text.contains(&format!("fn {name}(")), "{feature}: there is no test {name}");
            shown += 1;
        }
        assert!(shown > 0, "{feature} names no test");
        count += shown;
    }
    assert!(count > 20, "{count} tests");
}

#[test]
fn each_feature_names_what_exists() {
    let [engine, command] = ["../src", "../cli/src"]
        .map(|folder| super::links::code_below(&crate::support::fixture_path(folder)));
    for row in rows(&text_of(PAGE), "| | use | tests |") {
        let names: Vec<&str> = named(&row[1]).collect();
        assert!(!names.is_empty(), "{row:?}");
        for name in names {
            let is_there = match (name.strip_prefix("--"), name.split_once("::")) {
                (Some(option), _) => command.contains(&format!("\"{option}\"")),
                (_, Some((of, call))) => {
                    let kinds = ["struct", "enum"].map(|kind| format!("pub {kind} {of}"));
                    let is_known = kinds.iter().any(|kind| engine.contains(kind));
                    is_known && engine.contains(&format!("pub fn {call}"))
                }
                _ => false,
            };
            assert!(is_there, "{}: there is no {name}", row[0]);
        }
    }
}

#[test]
fn the_tables_have_the_same_features_and_every_engine_has_a_source() {
    let page = text_of(PAGE);
    let (header, _) = page.split_once("\n|---|").expect("a table");
    let engines = header.lines().last().expect("a header").split('|').map(str::trim);
    let engines: Vec<&str> = engines.filter(|name| !name.is_empty()).collect();
    assert_eq!((engines[0], engines.len()), ("flagfall", 8));
    let (_, sources) = page.split_once("\n## Sources\n").expect("sources");
    for engine in &engines[1..] {
        let is_there = sources.lines().any(|line| line.starts_with(&format!("- {engine}")));
        assert!(is_there, "{engine} has no source");
    }
    let compared = rows(&page, header.lines().last().expect("a header"));
    for row in &compared {
        let parts = row[0].split("; ").count();
        assert_eq!(row.len(), engines.len() + 1, "{row:?}");
        for cell in &row[1..] {
            let answers: Vec<&str> = cell.split("; ").collect();
            let known =
                answers.iter().all(|part| ["yes", "no", "by hand", "?", "–"].contains(part));
            assert!(known && answers.len() == parts, "{}: {cell}", row[0]);
        }
    }
    let used = rows(&page, "| | use | tests |");
    let features = |rows: &[Vec<String>]| rows.iter().map(|row| row[0].clone()).collect::<Vec<_>>();
    assert_eq!(features(&compared), features(&used));
}
