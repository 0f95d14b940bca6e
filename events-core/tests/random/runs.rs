//! Runs a case for each seed. A failure names the seed and the smallest failing case near it; a watchdog
//! names the seeds of runs that hang.

use std::{
    env,
    io::Write as _,
    panic::{AssertUnwindSafe, catch_unwind},
    process,
    sync::{
        Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

/// How many programs, scripts and rounds are run; each part has its own number without it.
const COUNT: &str = "EVENTS_RANDOM_PROGRAMS";

/// Only this seed is run.
const SEED: &str = "EVENTS_RANDOM_SEED";

/// After so long without a new run the process is ended. Only a safety net: no test depends on it.
const PATIENCE: Duration = Duration::from_secs(120);

fn number(name: &str) -> Option<u64> {
    let text = env::var(name).ok()?;
    let number = text.parse();
    Some(number.unwrap_or_else(|_| panic!("{name} is a number, and not `{text}`")))
}

/// What is generated from a seed and then run: a program, a script, a round of threads.
pub(crate) trait Case: Sized {
    /// Runs it, and returns what is wrong.
    fn problem(&self) -> Option<String>;

    /// The cases with one part less, those without the largest parts first.
    fn smaller(&self) -> impl Iterator<Item = Self>;

    /// The case as text, for a message.
    fn listing(&self) -> String;
}

/// Runs cases, and fails with the smallest one near the first that has a problem.
pub(crate) fn check<C: Case>(
    name: &'static str,
    first: u64,
    count: u64,
    generate: impl Fn(u64) -> C,
) {
    let runs = Runs::of(name);
    for seed in seeds(first, count) {
        runs.begin(seed);
        let case = generate(seed);
        if let Some(problem) = run(&case) {
            let (small, problem) = shrink(case, problem);
            panic!("seed {seed} of {name}: {problem}\nof {}", small.listing());
        }
    }
}

fn run(case: &impl Case) -> Option<String> {
    let run = catch_unwind(AssertUnwindSafe(|| case.problem()));
    run.unwrap_or_else(|_| Some(String::from("a panic")))
}

/// Removes parts as long as a problem remains.
fn shrink<C: Case>(mut case: C, mut problem: String) -> (C, String) {
    loop {
        let failing = case.smaller().find_map(|smaller| {
            let problem = run(&smaller)?;
            Some((smaller, problem))
        });
        match failing {
            Some(smaller) => (case, problem) = smaller,
            None => return (case, problem),
        }
    }
}

/// The seeds to run, from `first` on; `count` in `cargo test`.
fn seeds(first: u64, count: u64) -> impl Iterator<Item = u64> {
    let range = match number(SEED) {
        Some(seed) => seed..seed + 1,
        None => first..first + scaled(count),
    };
    range.into_iter()
}

/// How many to run of what is run `count` times in `cargo test`, where 600 programs are.
fn scaled(count: u64) -> u64 {
    match number(COUNT) {
        None => count,
        Some(programs) => (count * programs).div_ceil(600),
    }
}

static BEGUN: AtomicU64 = AtomicU64::new(0);
/// The run under way of each test.
static CURRENT: Mutex<Vec<(&str, u64)>> = Mutex::new(Vec::new());

/// The runs of one test, one after the other; when one hangs, the watchdog names it.
struct Runs(&'static str);

impl Runs {
    fn of(name: &'static str) -> Self {
        static WATCHDOG: OnceLock<()> = OnceLock::new();
        WATCHDOG.get_or_init(|| drop(thread::spawn(watch)));
        Self(name)
    }

    /// A run begins, and the one before has ended.
    fn begin(&self, seed: u64) {
        BEGUN.fetch_add(1, Ordering::Relaxed);
        let mut current = CURRENT.lock().unwrap_or_else(PoisonError::into_inner);
        current.retain(|(name, _)| *name != self.0);
        current.push((self.0, seed));
    }
}

impl Drop for Runs {
    fn drop(&mut self) {
        let mut current = CURRENT.lock().unwrap_or_else(PoisonError::into_inner);
        current.retain(|(name, _)| *name != self.0);
    }
}

fn watch() {
    let mut seen = BEGUN.load(Ordering::Relaxed);
    loop {
        thread::sleep(PATIENCE);
        let begun = BEGUN.load(Ordering::Relaxed);
        let current = CURRENT.lock().unwrap_or_else(PoisonError::into_inner);
        if begun == seen && !current.is_empty() {
            let runs: Vec<_> = current
                .iter()
                .map(|(name, seed)| format!("{name}, seed {seed}"))
                .collect();
            let text = format!("\nno end for {PATIENCE:?}: {}\n", runs.join("; "));
            // The captured output of a test is lost when the process is ended.
            let _ = std::io::stderr().write_all(text.as_bytes());
            process::abort();
        }
        seen = begun;
    }
}
