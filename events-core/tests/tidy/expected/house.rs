//! What the rules expect of this workspace, as data.

use super::super::{
    circles::Pair,
    floors::{Climb, Floors},
    shape::Crowded,
};

/// A library of the workspace.
pub(crate) struct Library {
    /// The folder of its `lib.rs`.
    pub(crate) src: &'static str,
    pub(crate) floors: Floors,
    /// Imports that lead up on purpose.
    pub(crate) climbs: &'static [Climb],
    /// Files that import one another on purpose.
    pub(crate) circles: &'static [Pair],
}

pub(crate) const CORE: Library = Library {
    src: "events-core/src",
    floors: &[
        &["primitives"],
        &["metadata"],
        &["result"],
        &["event"],
        &["diagnostics"],
        &["context"],
        &["time"],
        &["policy"],
        &["handler"],
        &["background"],
        &["plan"],
        &["queue"],
        &["registry"],
        &["unit"],
        &["subscribe", "emit"],
        &["delivery", "declared"],
        &["receive"],
        &["current"],
        &["scan"],
        &["explain"],
        &["worker"],
        &["bridge"],
        &["builtin"],
        &["private"],
        &["testing"],
        &["macros"],
        &["modules"],
        &["guide"],
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

pub(crate) const MACROS: Library = Library {
    src: "events-macros/src",
    floors: &[
        &["syntax"],
        &[
            "event",
            "flush",
            "emit",
            "crate_names",
            "args",
            "testing",
            "subscriber",
        ],
        &["listener"],
        &["lib"],
    ],
    climbs: &[],
    circles: &[],
};

pub(crate) const TESTING: Library = Library {
    src: "events-testing/src",
    floors: &[
        &["guide"],
        &["evidence"],
        &["state"],
        &["runtime"],
        &["report"],
        &["expectation"],
        &["expect"],
        &["mute"],
        &["events"],
        &["assertions"],
        &["wait"],
        &["unit"],
        &["current"],
        &["mock"],
        &["private"],
        &["lib"],
    ],
    climbs: &[],
    circles: &[],
};

pub(crate) const METRICS: Library = Library {
    src: "integrations/events-metrics/src",
    floors: &[&["labels", "queue"], &["middleware"], &["lib"]],
    climbs: &[],
    circles: &[],
};

pub(crate) const SQLX: Library = Library {
    src: "integrations/events-sqlx/src",
    floors: &[
        &["error", "cancellation"],
        &["backend"],
        &["session"],
        &["lender"],
        &["tx"],
        &["commits", "emit", "param"],
        &["records", "unit_tx"],
        &["lib"],
    ],
    climbs: &[],
    circles: &[],
};

pub(crate) const DURABLE: Library = Library {
    src: "integrations/events-durable/src",
    floors: &[
        &["store"],
        &["delivery", "event", "gauges", "spans"],
        &["wake"],
        &["staging"],
        &["facade"],
        &["command", "worker"],
        &["lib"],
    ],
    climbs: &[],
    circles: &[],
};

pub(crate) const DURABLE_MACROS: Library = Library {
    src: "integrations/events-durable-macros/src",
    floors: &[
        &["options", "serde_attributes"],
        &["derive", "upcast"],
        &["lib"],
    ],
    climbs: &[],
    circles: &[],
};

pub(crate) const SEAORM: Library = Library {
    src: "integrations/events-seaorm/src",
    floors: &[
        &["error", "finish"],
        &["transaction"],
        &["db"],
        &["handoff"],
        &["connections"],
        &["record"],
        &["bulk"],
        &["lib"],
    ],
    climbs: &[],
    circles: &[],
};

pub(crate) const SEAORM_MACROS: Library = Library {
    src: "integrations/events-seaorm-macros/src",
    floors: &[
        &["durable", "serde_attributes"],
        &["model"],
        &["expand_durable"],
        &["expand"],
        &["lib"],
    ],
    climbs: &[],
    circles: &[],
};

/// The files that name each page of the guide, and how: `NAME` is that of the page.
pub(crate) const PAGES: &[(&str, &str)] = &[
    ("docs/README.md", "(NAME.md)"),
    ("docs/SUMMARY.md", "(NAME.md)"),
    (
        "events-core/docs/guide/links.md",
        "[NAME]: crate::guide::NAME\n",
    ),
    ("events-core/src/guide.rs", "page!(\n    NAME,"),
];

/// The files that name the pages whose examples are their tests, each page in one of them.
pub(crate) const TESTED_PAGES: &[(&str, &str)] = &[
    ("events-testing/src/guide.rs", "    NAME\n"),
    (
        "integrations/events-seaorm/src/lib.rs",
        "docs/guide/NAME.md",
    ),
    ("integrations/events-sqlx/src/lib.rs", "docs/guide/NAME.md"),
    (
        "integrations/events-durable/src/lib.rs",
        "docs/guide/NAME.md",
    ),
];

/// Folders with more than ten files on purpose.
pub(crate) const CROWDED: &[Crowded] = &[
    Crowded {
        folder: "events-core/tests/ui/fail",
        reason: "one file for each subject of programs that do not compile",
    },
    Crowded {
        folder: "events-core/tests/ui/pass",
        reason: "the mended form of each file in `fail`, under the same name",
    },
    Crowded {
        folder: "events-macros/tests/golden",
        reason: "one file for each expansion",
    },
];

/// Folders of sources that are checked only for their words and their number of files: programs that need
/// not compile, expansions of macros, and a crate that names `unsafe_code` in its lints.
pub(crate) const UNCHECKED: [&str; 3] = [
    "events-core/tests/strict/",
    "events-core/tests/ui/",
    "events-macros/tests/golden/",
];

/// The files that may contain `unsafe`, each block with its argument.
pub(crate) const UNSAFE: [&str; 2] = [
    "events-core/src/background/future_set.rs",
    "events-core/src/handler/chain.rs",
];

/// The file that names linkme.
pub(crate) const LINKME: &str = "events-core/src/declared/link_slices.rs";

/// Folders that ARCHITECTURE.md names and that are not built yet.
pub(crate) const ANNOUNCED: &[&str] = &[];
