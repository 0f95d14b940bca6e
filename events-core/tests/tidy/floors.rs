//! A file imports from the floors below its own, within a folder by the name of the file.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    graph::{Graph, Reference},
    sources::{self, is_index},
};

/// The folders of a crate (and the files in `src` itself, without `.rs`), lowest floor first. Those
/// on one floor do not import one another.
pub(super) type Floors = &'static [&'static [&'static str]];

/// A file that imports from a folder which is not below its own, and why.
pub(super) struct Climb {
    pub(super) file: &'static str,
    pub(super) to: &'static str,
    pub(super) reason: &'static str,
}

/// Imports that do not lead down, and folders without a floor.
pub(super) fn check(graph: &Graph<'_>, floors: Floors, allowed: &[Climb]) -> Vec<String> {
    let mut heights = BTreeMap::new();
    for (height, floor) in floors.iter().enumerate() {
        heights.extend(floor.iter().map(|unit| (*unit, height)));
    }
    let units: BTreeSet<_> = graph.modules.iter().map(|m| graph.unit(m.file)).collect();
    let src = graph.src;
    let mut found = Vec::new();
    for unit in units.iter().filter(|unit| !heights.contains_key(*unit)) {
        found.push(format!(
            "{src}/{unit}: stands on no floor; add it to the list of floors"
        ));
    }
    for unit in heights.keys().filter(|unit| !units.contains(*unit)) {
        found.push(format!(
            "{src}/{unit}: has a floor and does not exist; take it off the list"
        ));
    }
    let mut used = BTreeSet::new();
    for reference in graph.references() {
        if reference.target.is_repeated {
            continue;
        }
        let from = graph.unit(reference.from.file);
        for to in reached(graph, &reference) {
            let climbs = heights.get(to) >= heights.get(from) && to != from;
            let mut allowed = allowed.iter().enumerate();
            let climb = allowed.find(|(_, one)| one.file == reference.from.file && one.to == to);
            if let Some((index, _)) = climb.filter(|_| climbs) {
                used.insert(index);
            } else if climbs {
                found.push(format!(
                    "{} reaches {to}, which is not below {from}; move what both need down, or pass it in",
                    reference.place()
                ));
            }
        }
    }
    for (index, Climb { file, to, reason }) in allowed.iter().enumerate() {
        if !used.contains(&index) || reason.is_empty() {
            found.push(format!(
                "{file}: on the list as importing {to}; it does not, or the list has no reason"
            ));
        }
    }
    found
}

/// The folders that a path names, and the one that its name is defined in.
fn reached<'g>(graph: &'g Graph<'_>, reference: &Reference<'g>) -> BTreeSet<&'g str> {
    let target = &reference.target;
    let named = target.named.iter().filter(|id| **id != 0);
    let modules = named.chain([&target.module]);
    let is_root = target.module == 0 && target.name.is_none();
    modules
        .filter(|_| !is_root)
        .map(|id| graph.unit(graph.modules[*id].file))
        .collect()
}

/// Imports that take a name from the index of a folder which the importing file stands in.
///
/// Such an import hides a circle: the index re-exports from each file, so each could import each.
pub(super) fn check_names_the_file(graph: &Graph<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for reference in graph.references() {
        let from = reference.from.file;
        let through = reference.target.through.iter();
        let mut folders = through.filter_map(|id| graph.indexed_folder(*id));
        let index = folders.find(|folder| {
            let is_inside = from
                .strip_prefix(folder)
                .is_some_and(|rest| rest.starts_with('/'));
            is_inside && !(is_index(from) && sources::folder(from) == *folder)
        });
        if let Some(folder) = index {
            found.push(format!(
                "{} is a re-export of {folder}'s index; write `{}`",
                reference.place(),
                remedy(graph, &reference)
            ));
        }
    }
    found.sort();
    found.dedup();
    found
}

/// The path that names the file, or, from another folder of the crate, that folder.
fn remedy(graph: &Graph<'_>, reference: &Reference<'_>) -> String {
    let target = &graph.modules[reference.target.module];
    let own = &reference.from.path;
    let common = own
        .iter()
        .zip(&target.path)
        .take_while(|(own, to)| own == to);
    let common = common.count();
    let mut path = if common == 0 {
        let folder = target.path.iter().take(1).copied();
        ["crate"].into_iter().chain(folder).collect::<Vec<_>>()
    } else {
        let up = std::iter::repeat_n("super", own.len() - common);
        up.chain(target.path[common..].iter().copied()).collect()
    };
    path.extend(reference.target.name);
    path.join("::")
}

#[cfg(test)]
mod tests {
    use super::super::{
        graph::Graph,
        sources::{assert_found, assert_none, fixture},
    };
    use super::{Climb, Floors, check, check_names_the_file};

    const FLOORS: Floors = &[&["low"], &["left", "right"], &["lib"]];

    fn climbs(texts: [&str; 3], allowed: &[Climb]) -> Vec<String> {
        let [low, left, right] = texts;
        let files = fixture(&[
            (
                "src/lib.rs",
                "mod low; mod left; mod right; pub use right::R;",
            ),
            ("src/low/mod.rs", "mod a; pub use a::*;"),
            ("src/low/a.rs", low),
            (
                "src/left/mod.rs",
                "mod a; pub use a::*; pub(crate) use crate::low::Low;",
            ),
            ("src/left/a.rs", left),
            ("src/right.rs", right),
        ]);
        let graph = Graph::new("src", &files);
        assert_none(&graph.problems);
        check(&graph, FLOORS, allowed)
    }

    const LOW: &str = "pub struct Low;";
    const LEFT: &str = "use crate::low::Low; pub struct L;";
    const RIGHT: &str = "use crate::low::Low; pub struct R;";

    #[test]
    fn imports_lead_down() {
        assert_none(&climbs([LOW, LEFT, RIGHT], &[]));
        let up = "\npub struct Low(crate::left::L);";
        let expected = ["src/low/a.rs:2: `crate::left::L` reaches left, which is not below low"];
        assert_found(&climbs([up, LEFT, RIGHT], &[]), &expected);
        let through_the_root = "pub struct Low(crate::R);";
        assert_found(
            &climbs([through_the_root, LEFT, RIGHT], &[]),
            &["reaches right"],
        );
    }

    #[test]
    fn a_folder_that_only_passes_the_name_on_counts_as_well() {
        let low = "pub struct Low; use crate::left::Low as Other;";
        assert_found(&climbs([low, LEFT, RIGHT], &[]), &["reaches left"]);
        let module = "pub struct Low; use crate::left;";
        assert_found(&climbs([module, LEFT, RIGHT], &[]), &["reaches left"]);
    }

    #[test]
    fn siblings_do_not_import_one_another() {
        let right = "use crate::{low::Low, left::L}; pub struct R;";
        let expected = ["src/right.rs:1: `crate::left::L` reaches left, which is not below right"];
        assert_found(&climbs([LOW, LEFT, right], &[]), &expected);
    }

    #[test]
    fn a_climb_may_be_allowed_with_a_reason_while_it_exists() {
        let allowed = |reason| {
            [Climb {
                file: "src/right.rs",
                to: "left",
                reason,
            }]
        };
        let right = "use crate::{low::Low, left::L}; pub struct R;";
        assert_none(&climbs([LOW, LEFT, right], &allowed("as in L")));
        assert_found(&climbs([LOW, LEFT, right], &allowed("")), &["no reason"]);
        assert_found(
            &climbs([LOW, LEFT, RIGHT], &allowed("as in L")),
            &["it does not"],
        );
    }

    #[test]
    fn every_folder_has_a_floor() {
        let files = fixture(&[
            ("src/lib.rs", "mod low; mod new;"),
            ("src/low.rs", ""),
            ("src/new/mod.rs", ""),
        ]);
        let found = check(&Graph::new("src", &files), FLOORS, &[]);
        assert_found(
            &found,
            &[
                "src/new: stands on no floor",
                "src/left: has a floor and does not exist",
                "src/right: has",
            ],
        );
    }

    fn indirect(path: &str, text: &str) -> Vec<String> {
        let mut files = fixture(&[
            ("src/lib.rs", "mod low; mod high; pub use low::Low;"),
            (
                "src/low/mod.rs",
                "pub mod inner; mod a; mod b; pub use a::*; pub use b::B; fn f(_: B) {}",
            ),
            ("src/low/a.rs", "pub struct Low;"),
            ("src/low/b.rs", "pub struct B;"),
            ("src/low/inner/mod.rs", "mod c; pub(crate) use c::C;"),
            ("src/low/inner/c.rs", "pub struct C;"),
            ("src/high.rs", "use crate::low::Low;"),
        ]);
        files.insert(path.to_owned(), text.to_owned());
        check_names_the_file(&Graph::new("src", &files))
    }

    #[test]
    fn imports_within_a_folder_name_the_file() {
        assert_none(&indirect(
            "src/low/b.rs",
            "use super::a::Low; pub struct B;",
        ));
        assert_none(&indirect("src/low/inner/c.rs", "use super::super::a::Low;"));
        assert_none(&indirect(
            "src/low/b.rs",
            "use super::inner::C; pub struct B;",
        ));
        let failing = [
            ("src/low/b.rs", "use super::Low;", "write `super::a::Low`"),
            (
                "src/low/b.rs",
                "use super::{b::X, Low as L};",
                "write `super::a::Low`",
            ),
            (
                "src/low/b.rs",
                "fn f() -> crate::low::Low {}",
                "write `super::a::Low`",
            ),
            (
                "src/low/inner/c.rs",
                "use super::super::B;",
                "write `super::super::b::B`",
            ),
            (
                "src/low/inner/mod.rs",
                "use super::B;",
                "write `super::b::B`",
            ),
            (
                "src/low/inner/c.rs",
                "pub struct C(super::super::inner::C);",
                "write `C`",
            ),
            ("src/high.rs", "use crate::Low;", "write `crate::low::Low`"),
            (
                "src/low/b.rs",
                "use super::*; fn f() -> Low {}",
                "write `super::a::Low`",
            ),
        ];
        for (path, text, remedy) in failing {
            let found = indirect(path, text);
            assert!(
                found.len() == 1 && found[0].contains(remedy),
                "{text}: {found:?}"
            );
        }
    }
}
