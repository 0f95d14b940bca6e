//! Sections 4 and 5: the panics of what a user's type does where no caller awaits it: in `Drop`, in `Clone`, in
//! the polls of a future, and in wakers. Each is contained by itself.

mod closures;
mod events;
mod two_at_once;
mod wakers;

use std::{
    any::type_name,
    env,
    panic::{AssertUnwindSafe, catch_unwind, panic_any},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use events_core::{Event, Registry};

/// Panics when it is dropped.
#[derive(Event, Clone)]
struct Fragile;

impl Drop for Fragile {
    fn drop(&mut self) {
        panic_any(Payload);
    }
}

/// The payload of each panic here, which panics when it is dropped: a caught panic is not contained before its
/// payload is.
struct Payload;

impl Drop for Payload {
    fn drop(&mut self) {
        panic!("a payload is dropped");
    }
}

/// A row of a table: its name, and what it does with a registry.
type Row = (&'static str, fn(&Registry));

/// The event after it, whose handler shows that the others are not affected.
#[derive(Event, Clone)]
struct Work;

/// What a closure captures, to panic when the closure is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic_any(Payload);
    }
}

/// A handler that panics when it is dropped.
fn fragile() -> impl Fn(&Work) + Send + Sync + 'static {
    let bomb = Bomb;
    move |_| _ = &bomb
}

/// Counts the events `Work` that were received.
fn count_work(registry: &Registry) -> Arc<AtomicUsize> {
    let count = Arc::new(AtomicUsize::new(0));
    let counts = Arc::clone(&count);
    let counted = move |_: &Work| _ = counts.fetch_add(1, Ordering::Relaxed);
    registry.on(counted).detach();
    count
}

/// Calls `f`; a panic of it fails the test and names the row of the table.
fn contained<T>(row: &str, f: impl FnOnce() -> T) -> T {
    let result = catch_unwind(AssertUnwindSafe(f));
    result.unwrap_or_else(|_| panic!("a panic was not contained: {row}"))
}

/// The environment variable with the row that a child process runs.
const ROW: &str = "EVENTS_CORE_PANICS_ROW";

/// Runs each row in a child process of its own, which an abort ends. `test` is the path of the test that calls this.
pub(crate) fn check_in_children<F: Fn()>(test: &str, rows: &[(&str, F)]) {
    if let Some(name) = env::var_os(ROW) {
        let (_, run) = rows.iter().find(|(row, _)| name == *row).expect("a row");
        return run();
    }
    let this = env::current_exe().expect("the path of the test binary is known");
    let fails = |row: &str| {
        let mut child = Command::new(&this);
        child.args(["--exact", test, "--nocapture"]);
        child.env(ROW, row).env("RUST_BACKTRACE", "0");
        let output = child.output().expect("the test binary can be run");
        let has_run = String::from_utf8_lossy(&output.stdout).contains(" 1 passed");
        let text = String::from_utf8_lossy(&output.stderr);
        let failure = || format!("{row}: {}, {text}", output.status);
        (!output.status.success() || !has_run).then(failure)
    };
    let failed: Vec<_> = rows.iter().filter_map(|(row, _)| fails(row)).collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// Runs a test in a child process, which an abort ends. `body` is a closure in the function of that test, whose path
/// is in the name of the closure's type.
pub(crate) fn in_child<F: Fn()>(body: F) {
    let (_, path) = type_name::<F>()
        .split_once("::")
        .expect("the path of a closure");
    let test = path.trim_end_matches("::{{closure}}");
    check_in_children(test, &[("all", body)]);
}
