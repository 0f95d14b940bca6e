//! No files import one another in a circle.
//!
//! The trait that an `impl` implements and the methods that a file calls make no edge unless a path
//! names them. An index (`mod.rs`, `lib.rs`) that only re-exports a name does not import it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::graph::Graph;

/// Two files that may import one another, and why.
pub(super) struct Pair {
    pub(super) files: [&'static str; 2],
    pub(super) reason: &'static str,
}

/// The files that a file imports, each with the first path that names something in it.
type Edges<'g> = BTreeMap<&'g str, BTreeMap<&'g str, String>>;

/// The circles of files, the shortest first; an allowed pair counts as one file.
pub(super) fn check(graph: &Graph<'_>, allowed: &[Pair]) -> Vec<String> {
    let mut edges = edges(graph);
    let mut found = Vec::new();
    for Pair { files, reason } in allowed {
        let [one, other] = *files;
        let imports = |from, to| {
            edges
                .get(from)
                .is_some_and(|to_all| to_all.contains_key(to))
        };
        if reason.is_empty() {
            found.push(format!(
                "{one}: the allowed circle has no reason; write one beside it"
            ));
        }
        if imports(one, other) && imports(other, one) {
            merge(&mut edges, one, other);
        } else {
            found.push(format!(
                "{one}, {other}: allowed as a circle, and are none; take them off the list"
            ));
        }
    }
    let circles = edges
        .keys()
        .filter_map(|file| shortest_circle(file, &edges));
    let mut circles: Vec<_> = circles.collect();
    circles.sort_by_key(Vec::len);
    // Of circles with an import in common, the shortest is enough.
    let mut reported = BTreeSet::new();
    for circle in circles {
        let imports: Vec<_> = imports_of(&circle).collect();
        if imports.iter().all(|import| !reported.contains(import)) {
            found.push(describe(&circle, &edges));
            reported.extend(imports);
        }
    }
    found
}

fn edges<'g>(graph: &'g Graph<'_>) -> Edges<'g> {
    let mut edges = Edges::new();
    for reference in graph.references() {
        let target = &reference.target;
        let to = graph.modules[target.module].file;
        let is_folder = target.name.is_none() && graph.indexed_folder(target.module).is_some();
        if to != reference.from.file && !is_folder && !reference.is_index_entry {
            let from = edges.entry(reference.from.file).or_default();
            from.entry(to).or_insert_with(|| reference.place());
        }
    }
    edges
}

/// Makes one file of two.
fn merge<'g>(edges: &mut Edges<'g>, one: &'g str, other: &'g str) {
    let moved = edges.remove(other).unwrap_or_default();
    edges.entry(one).or_default().extend(moved);
    for (from, to) in edges {
        if let Some(place) = to.remove(other) {
            to.entry(one).or_insert(place);
        }
        to.remove(from);
    }
}

/// The shortest way from a file back to it.
fn shortest_circle<'g>(start: &'g str, edges: &Edges<'g>) -> Option<Vec<&'g str>> {
    let mut reached_from = BTreeMap::<&str, &str>::new();
    let mut queue = VecDeque::from([start]);
    while let Some(file) = queue.pop_front() {
        for to in edges.get(file).into_iter().flat_map(BTreeMap::keys) {
            if *to == start {
                let mut circle = vec![file];
                while let Some(before) = circle.last().and_then(|file| reached_from.get(file)) {
                    circle.push(before);
                }
                circle.reverse();
                return Some(circle);
            }
            if !reached_from.contains_key(to) {
                reached_from.insert(*to, file);
                queue.push_back(to);
            }
        }
    }
    None
}

/// Each file of a circle with the one that it imports.
fn imports_of<'g>(circle: &[&'g str]) -> impl Iterator<Item = (&'g str, &'g str)> {
    let next = circle.iter().copied().cycle().skip(1);
    circle.iter().copied().zip(next)
}

fn describe(circle: &[&str], edges: &Edges<'_>) -> String {
    let ties = imports_of(circle).map(|(from, to)| {
        let place = &edges[from][to];
        format!("\n    {place} in {to}")
    });
    format!(
        "{}: a circle of files; move what ties it into a file that both import:{}",
        circle[0],
        ties.collect::<String>()
    )
}

#[cfg(test)]
mod tests {
    use super::super::{
        graph::Graph,
        sources::{assert_found, assert_none, fixture},
    };
    use super::{Pair, check};

    fn circles(files: &[(&str, &str)], allowed: &[Pair]) -> Vec<String> {
        let files = fixture(files);
        let graph = Graph::new("src", &files);
        assert_none(&graph.problems);
        check(&graph, allowed)
    }

    const LIB: (&str, &str) = ("src/lib.rs", "mod a; mod b; mod c;");
    const C: (&str, &str) = ("src/c.rs", "pub struct C;");

    #[test]
    fn a_circle_is_found_however_the_path_is_written() {
        let to_b = [
            "use crate::b::B;",
            "use super::b::B as Other;",
            "use super::{c::C, b::{self, B}};",
            "use super::b;\nfn f(_: b::B) {}",
            "fn f() { let b = crate::b::B::<u8>::new(); }",
            "fn f() { use super::b::*; }",
            "impl crate::b::B { }",
            "fn f() { assert_eq!(vec![super\n::b\n::B], []) }",
            "pin_project! { pub struct S { b: crate::b::B } }",
            "macro_rules! m { ($x:ident) => { $crate::b::B::$x } }",
            "mod inner { use super::super::b::B; }",
            "pub use super::b::B;",
            "#[derive(crate::b::B)] struct S;",
        ];
        for text in to_b {
            let back = ("src/b.rs", "use super::a::A;\npub struct B;");
            let found = circles(&[LIB, C, ("src/a.rs", text), back], &[]);
            assert_found(&found, &["`super::a::A` in src/a.rs"]);
            assert!(found[0].contains("in src/b.rs"), "{text}: {found:?}");
        }
    }

    #[test]
    fn the_message_has_each_line_that_ties_the_circle() {
        let found = circles(
            &[
                LIB,
                ("src/a.rs", "\nuse crate::b::B;"),
                ("src/b.rs", "\n\nuse crate::c::f;"),
                ("src/c.rs", "fn f() { crate::a::g() }"),
            ],
            &[],
        );
        assert_found(
            &found,
            &[
                "src/a.rs: a circle of files; move what ties it into a file that both import:
    src/a.rs:2: `crate::b::B` in src/b.rs
    src/b.rs:3: `crate::c::f` in src/c.rs
    src/c.rs:1: `crate::a::g` in src/a.rs",
            ],
        );
    }

    #[test]
    fn one_import_is_reported_with_its_shortest_circle() {
        let found = circles(
            &[
                LIB,
                ("src/a.rs", "use crate::{b::B, c::C};"),
                ("src/b.rs", "use crate::c::C; pub struct B;"),
                ("src/c.rs", "use crate::a; pub struct C;"),
            ],
            &[],
        );
        assert_found(&found, &["src/a.rs:1: `crate::c::C` in src/c.rs"]);
    }

    #[test]
    fn re_exports_are_followed_to_the_file_that_defines_the_name() {
        let lib = ("src/lib.rs", "mod a; mod b; pub use a::One;");
        let index = (
            "src/a/mod.rs",
            "mod one; mod two; pub use one::*; pub(crate) use two::Two as Second;",
        );
        let other = ("src/b.rs", "pub use crate::a::Second as Third;");
        let one = ("src/a/one.rs", "use crate::b::Third;\npub struct One;");
        let two = ("src/a/two.rs", "pub struct Two;\nfn f(_: crate::One) {}");
        let found = circles(&[lib, index, other, one, two], &[]);
        assert_found(&found, &["src/a/two.rs:2: `crate::One` in src/a/one.rs"]);
    }

    #[test]
    fn a_name_of_another_crate_belongs_to_the_file_that_re_exports_it() {
        let a = ("src/a.rs", "use crate::b::Arc;");
        let b = ("src/b.rs", "pub use std::sync::Arc;\nuse crate::a;");
        let found = circles(&[LIB, a, b, C], &[]);
        assert_found(&found, &["src/b.rs:2: `crate::a` in src/a.rs"]);
    }

    #[test]
    fn names_that_a_macro_writes_belong_to_the_file_that_calls_it() {
        let lib = ("src/lib.rs", "mod a; mod b; pub use b::Written;");
        let a = ("src/a.rs", "pub struct A(crate::Written);");
        let b = ("src/b.rs", "event! { Written }\nfn f() -> super::a::A {}");
        let found = circles(&[lib, a, b], &[]);
        assert_found(&found, &["src/b.rs:2: `super::a::A` in src/a.rs"]);
    }

    #[test]
    fn names_that_a_glob_brings_in_are_found_where_they_are_used() {
        let index = ("src/lib.rs", "mod a; mod b; pub use a::A; pub use b::B;");
        let a = ("src/a.rs", "use super::*;\npub struct A(B);");
        let b = ("src/b.rs", "pub struct B(crate::a::A);");
        assert_found(
            &circles(&[index, a, b], &[]),
            &["src/a.rs:2: `B` in src/b.rs"],
        );
    }

    #[test]
    fn an_index_with_code_is_a_file_of_the_circle() {
        let index = "mod a; pub use a::A;\npub fn f() { A::new() }";
        let a = ("src/a.rs", "pub struct A; fn g() { super::f() }");
        assert_found(
            &circles(&[("src/lib.rs", index), a], &[]),
            &["src/lib.rs:2: `A::new` in src/a.rs"],
        );
        let index = "mod a; pub use a::A;\npub fn f() {}";
        assert_none(&circles(&[("src/lib.rs", index), a], &[]));
    }

    #[test]
    fn what_is_no_import_makes_no_circle() {
        let from_b = [
            "//! [`A`](crate::a::A)\n/* crate::a::A */ fn f() { \"crate::a::A\"; }",
            "#[cfg(test)] mod tests { use crate::a::A; }",
            "#[cfg(all(test, feature = \"x\"))] use crate::a::A;",
            "struct S { #[cfg(test)] a: crate::a::A, b: u8 }",
            "impl S { #[cfg(test)] fn f<X, Y>() -> crate::a::A { } fn g() {} }",
            "fn f() { quote! { crate::a::A } }",
            "#[macro_export] macro_rules! m { () => { $crate::a::A } }",
            "fn f() { ::a::A; std::a::A; x.a::<u8>(); }",
            "struct S { pub(in crate::a) a: u8 }",
        ];
        for text in from_b {
            let text = format!("{text}\npub struct B;");
            let a = ("src/a.rs", "use crate::b::B; pub struct A;");
            assert_none(&circles(&[LIB, C, a, ("src/b.rs", &text)], &[]));
        }
    }

    #[test]
    fn an_allowed_pair_is_one_file_and_must_be_a_circle() {
        let allowed = [Pair {
            files: ["src/a.rs", "src/b.rs"],
            reason: "one algorithm",
        }];
        let a = ("src/a.rs", "use crate::b::B; pub struct A;");
        let b = ("src/b.rs", "use crate::a::A; pub struct B;");
        assert_none(&circles(&[LIB, C, a, b], &allowed));

        let b_of_c = ("src/b.rs", "use crate::{a::A, c::C}; pub struct B;");
        let c_of_a = ("src/c.rs", "use crate::a::A; pub struct C;");
        let found = circles(&[LIB, a, b_of_c, c_of_a], &allowed);
        assert_found(&found, &["src/b.rs:1: `crate::c::C` in src/c.rs"]);

        let without = ("src/b.rs", "pub struct B;");
        assert_found(&circles(&[LIB, C, a, without], &allowed), &["and are none"]);
    }

    #[test]
    fn a_file_without_a_module_escapes_no_rule() {
        let files = fixture(&[LIB, C, ("src/a.rs", ""), ("src/d.rs", "")]);
        let graph = Graph::new("src", &files);
        let expected = [
            "`mod b;` has no file",
            "src/d.rs: no `mod` leads to this file",
        ];
        assert_found(&graph.problems, &expected);
    }
}
