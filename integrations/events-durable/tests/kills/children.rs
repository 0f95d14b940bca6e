//! The processes, as the test sees them.

use std::{
    env,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::{Arc, Condvar, Mutex},
    thread,
    time::Duration,
};

use crate::engine::Place;

/// Variables of a process: its database, what it does, its seed.
pub(crate) const PLACE: &str = "EVENTS_KILLS_PLACE";
pub(crate) const ROLE: &str = "EVENTS_KILLS_ROLE";
pub(crate) const SEED: &str = "EVENTS_KILLS_SEED";

/// The test with which this binary starts itself: it begins with [`run_if_started`](super::process::run_if_started).
const ENTRY: &str = "processes_on_sqlite_are_killed_and_nothing_is_lost";

/// The first line of a process.
pub(crate) const STARTED: &str = "started";

/// A process that prints nothing for so long hangs.
const HANGS: Duration = Duration::from_secs(120);

/// What a process does, beside delivering.
#[derive(Clone, Copy)]
pub(crate) enum Role {
    /// It emits until it is killed.
    Emits,
    /// It ends when all is delivered.
    Finishes,
}

impl Role {
    fn to_text(self) -> &'static str {
        match self {
            Self::Emits => "emits",
            Self::Finishes => "finishes",
        }
    }

    pub(crate) fn from_text(text: &str) -> Self {
        match text {
            "emits" => Self::Emits,
            "finishes" => Self::Finishes,
            _ => panic!("{text}"),
        }
    }
}

/// How a wait for a process has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The lines were printed.
    Lines,
    /// All is delivered.
    Finished,
    /// The process has ended.
    Ended,
}

/// A process; dropped, it is killed.
pub(crate) struct Process {
    child: Child,
    output: Arc<Output>,
}

/// What a process has printed.
#[derive(Default)]
struct Output {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    lines: u64,
    attempts: u64,
    is_started: bool,
    is_killed: bool,
    is_finished: bool,
    is_ended: bool,
}

impl Output {
    fn read(&self, output: impl BufRead) {
        for line in output.lines().map_while(Result::ok) {
            let mut state = self.state.lock().unwrap();
            state.lines += 1;
            state.attempts += u64::from(line.starts_with("poison "));
            // Behind what the test binary prints in the same line.
            state.is_started |= line.ends_with(STARTED);
            state.is_finished |= line.ends_with("finished");
            self.changed.notify_all();
        }
        self.state.lock().unwrap().is_ended = true;
        self.changed.notify_all();
    }

    fn wait(&self, is_reached: impl Fn(&State) -> bool) -> End {
        let state = self.state.lock().unwrap();
        let (state, waited) = self
            .changed
            .wait_timeout_while(state, HANGS, |state| !state.is_ended && !is_reached(state))
            .unwrap();
        assert!(!waited.timed_out(), "it hangs after {} lines", state.lines);
        assert!(
            state.is_started || state.is_killed || !state.is_ended,
            "the process has ended without a start: is `{ENTRY}` the name of its test?"
        );
        match () {
            () if state.is_finished => End::Finished,
            () if state.is_ended => End::Ended,
            () => End::Lines,
        }
    }
}

pub(crate) fn start(place: &Place, role: Role, seed: u64) -> Process {
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args(["--exact", ENTRY, "--nocapture"])
        .env(PLACE, place.to_text())
        .env(ROLE, role.to_text())
        .env(SEED, seed.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let output = Arc::<Output>::default();
    let (reader, stdout) = (Arc::clone(&output), child.stdout.take().unwrap());
    thread::spawn(move || reader.read(BufReader::new(stdout)));
    Process { child, output }
}

impl Process {
    /// Waits until it has printed so many lines since its start.
    pub(crate) fn wait_for_lines(&self, lines: u64) -> End {
        self.output.wait(|state| state.lines >= lines)
    }

    pub(crate) fn wait_for_the_end(&self) -> End {
        self.output.wait(|_| false)
    }

    /// Kills it, if it has not ended, and returns how many attempts of poisonous events it has begun.
    pub(crate) fn kill(&mut self) -> u64 {
        self.output.state.lock().unwrap().is_killed = true;
        let _ = self.child.kill();
        self.child.wait().unwrap();
        self.output.wait(|_| false);
        self.output.state.lock().unwrap().attempts
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
