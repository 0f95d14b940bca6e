//! What the rules expect of this workspace, as data.

use super::{
    circles::Pair,
    floors::{Climb, Floors},
    shape::Crowded,
};

/// A library of the workspace.
pub(super) struct Library {
    /// The folder of its `lib.rs`.
    pub(super) src: &'static str,
    pub(super) floors: Floors,
    /// Imports that lead up on purpose.
    pub(super) climbs: &'static [Climb],
    /// Files that import one another on purpose.
    pub(super) circles: &'static [Pair],
}

pub(super) const CORE: Library = Library {
    src: "events-core/src",
    floors: &[
        &["primitives"],
        &["metadata"],
        &["result"],
        &["event"],
        &["context"],
        &["handler"],
        &["background"],
        &["plan"],
        &["queue"],
        &["registry"],
        &["subscribe", "emit"],
        &["declared"],
        &["receive"],
        &["current"],
        &["scan"],
        &["worker"],
        &["bridge"],
        &["builtin"],
        &["private"],
        &["testing"],
        &["macros"],
        &["lib"],
    ],
    climbs: &[Climb {
        file: "events-core/src/builtin/derive_root.rs",
        to: "private",
        reason: "it stands for the crate in what the derive writes, and that names `__private`",
    }],
    circles: &[Pair {
        files: [
            "events-core/src/handler/chain.rs",
            "events-core/src/handler/run.rs",
        ],
        reason: "one algorithm: merged they are too long, apart a third file would contain `unsafe`",
    }],
};

pub(super) const MACROS: Library = Library {
    src: "events-macros/src",
    floors: &[
        &["syntax"],
        &["event", "flush", "emit", "testing", "subscriber"],
        &["listener"],
        &["lib"],
    ],
    climbs: &[],
    circles: &[],
};

pub(super) const TESTING: Library = Library {
    src: "events-testing/src",
    floors: &[
        &["state"],
        &["report"],
        &["expectation"],
        &["order"],
        &["mute"],
        &["events"],
        &["assertions"],
        &["current"],
        &["mock"],
        &["private"],
        &["lib"],
    ],
    climbs: &[],
    circles: &[],
};

/// Folders with more than ten files on purpose.
pub(super) const CROWDED: &[Crowded] = &[];

/// The files that may contain `unsafe`, each block with its argument.
pub(super) const UNSAFE: [&str; 2] = [
    "events-core/src/background/future_set.rs",
    "events-core/src/handler/chain.rs",
];

/// The file that names linkme.
pub(super) const LINKME: &str = "events-core/src/declared/link_slices.rs";

/// Folders that ARCHITECTURE.md names and that are not built yet.
pub(super) const ANNOUNCED: &[&str] = &["policy", "time", "unit", "explain", "integrations"];
