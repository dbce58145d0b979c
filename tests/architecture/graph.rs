//! Which file depends on which, and the circles of files.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write;

use crate::modules::{Files, Modules};

/// Of a circle with more files, not all is told at once.
const MOST_SHOWN: usize = 10;

/// For each file and each that it depends on, the names that it has from there.
pub(crate) struct Graph {
    arrows: BTreeMap<String, BTreeMap<String, BTreeSet<String>>>,
}

impl Graph {
    /// # Panics
    ///
    /// If a path into our own crates leads nowhere: then an arrow would be missing.
    pub(crate) fn new(files: &Files) -> Self {
        let (namings, lost) = Modules::new(files).namings();
        assert!(lost.is_empty(), "names that this test cannot find:\n{}", lost.join("\n"));
        let mut arrows = BTreeMap::<_, BTreeMap<_, BTreeSet<_>>>::new();
        for naming in namings {
            let of_file = arrows.entry(naming.from.to_owned()).or_default();
            let names = of_file.entry(naming.to.to_owned()).or_default();
            names.insert(naming.name.to_owned());
        }
        Self { arrows }
    }

    /// From, to, the names.
    pub(crate) fn arrows(&self) -> impl Iterator<Item = (&str, &str, String)> {
        self.arrows.iter().flat_map(|(from, all)| {
            all.iter().map(move |(to, names)| {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                (from.as_str(), to.as_str(), names.join(", "))
            })
        })
    }

    /// Sets of files of which each depends on each, if by way of others.
    pub(crate) fn circles(&self) -> Vec<BTreeSet<&str>> {
        let reached: BTreeMap<&str, BTreeSet<&str>> =
            self.arrows.keys().map(|file| (file.as_str(), self.reached_from(file))).collect();
        let mut circles = BTreeSet::new();
        for (file, below) in reached.iter().filter(|(file, below)| below.contains(*file)) {
            let back = |other: &&&str| reached.get(**other).is_some_and(|all| all.contains(file));
            circles.insert(below.iter().filter(back).copied().collect());
        }
        circles.into_iter().collect()
    }

    fn reached_from<'a>(&'a self, file: &'a str) -> BTreeSet<&'a str> {
        let mut reached = BTreeSet::new();
        let mut open = vec![file];
        while let Some(file) = open.pop() {
            let next = self.arrows.get(file).into_iter().flat_map(BTreeMap::keys);
            open.extend(next.map(String::as_str).filter(|next| reached.insert(*next)));
        }
        reached
    }

    /// A circle for whoever has to mend it; of one with many files, the shortest inside it.
    pub(crate) fn describe<'a>(&'a self, circle: &BTreeSet<&'a str>) -> String {
        let mut text = format!("a circle of {} files:\n", circle.len());
        let mut shown = circle.clone();
        if circle.len() > MOST_SHOWN {
            let ways = circle.iter().map(|file| self.way_back(file, circle));
            shown = ways.min_by_key(BTreeSet::len).expect("a circle");
            writeln!(text, "{} of them:", shown.len()).expect("a string");
        }
        for (from, to, names) in self.arrows() {
            if shown.contains(from) && shown.contains(to) {
                writeln!(text, "  {from} names {names} of {to}").expect("a string");
            }
        }
        text + "Move what both need into a file of its own, or let only one name the other.\n"
    }

    /// The files on a shortest way from a file back to itself, inside a circle.
    fn way_back<'a>(&'a self, start: &'a str, circle: &BTreeSet<&str>) -> BTreeSet<&'a str> {
        let mut ways = VecDeque::from([vec![start]]);
        let mut seen = BTreeSet::new();
        while let Some(way) = ways.pop_front() {
            for next in self.arrows[way[way.len() - 1]].keys().map(String::as_str) {
                if next == start {
                    return way.into_iter().collect();
                }
                if circle.contains(next) && seen.insert(next) {
                    ways.push_back([&way[..], &[next]].concat());
                }
            }
        }
        unreachable!("{start} is in a circle")
    }
}
