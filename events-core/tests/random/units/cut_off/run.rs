//! The run of a script on the executor, and what holds after it.

use std::{
    cell::RefCell,
    rc::Rc,
    sync::{Arc, Mutex, atomic::AtomicUsize},
};

use events_core::{Event, Registry};

use super::{
    script::{Script, Step},
    transaction::{Emit, Shared, subscribe, transact},
};
use crate::strict::{
    executor::{Executor, TaskId},
    gates::Gates,
};

const CAPACITY: usize = 200;

struct Run {
    registry: Registry,
    shared: Arc<Shared>,
    executor: Executor,
    tasks: Vec<TaskId>,
    problems: Rc<RefCell<Vec<String>>>,
}

impl Run {
    fn step(&mut self, script: &Script, step: Step) {
        let choose = |all: Vec<TaskId>, choice: usize| {
            let count = all.len();
            (count > 0).then(|| all[choice % count])
        };
        match step {
            Step::Begin(index) => {
                let of = self.tasks.len();
                let (registry, shared) = (self.registry.clone(), Arc::clone(&self.shared));
                let transaction = script.transactions[index].clone();
                let transact = transact(registry, shared, of, transaction);
                let task = self.executor.spawn(format!("transaction {of}"), transact);
                self.tasks.push(task);
            }
            Step::Poll(choice) => {
                if let Some(task) = choose(self.executor.woken(), choice) {
                    self.poll(task);
                }
            }
            Step::Rest => self.poll_woken(),
            Step::Open(choice) => self.shared.gates.open(choice),
            Step::Deliver(choice) => drop(self.shared.gates.deliver(choice)),
            Step::Wake(choice) => {
                if let Some(task) = choose(self.executor.alive(), choice) {
                    self.executor.wake_spuriously(task);
                }
            }
            Step::Cancel(choice) => {
                self.shared.state().polls += 1;
                let mut tasks = self.executor.alive();
                tasks.retain(|task| self.tasks.contains(task));
                if let Some(task) = choose(tasks, choice) {
                    self.executor.cancel(task);
                }
            }
            Step::Flush => self.flush(),
        }
    }

    fn flush(&mut self) {
        let queue = self.registry.queue();
        self.executor.spawn("flush", async move {
            queue.flush_async().await;
        });
    }

    fn poll(&mut self, task: TaskId) {
        self.shared.state().polls += 1;
        self.executor.poll(task, &AtomicUsize::new(0));
    }

    fn poll_woken(&mut self) {
        while let Some(&task) = self.executor.woken().first() {
            self.poll(task);
        }
    }

    fn finish(&mut self) {
        self.shared.gates.open_all();
        for _ in 0..2 {
            self.poll_woken();
            while self.shared.gates.deliver(0) {
                self.poll_woken();
            }
            self.flush();
        }
        self.poll_woken();
        let alive = self.executor.alive();
        let names: Vec<_> = alive.iter().map(|task| self.executor.name(*task)).collect();
        if !names.is_empty() {
            self.problem(format!("{names:?} hang though all gates are open"));
        }
    }

    fn problem(&self, problem: String) {
        self.problems.borrow_mut().push(problem);
    }

    fn check(&self) {
        let state = self.shared.state();
        for of in 0..self.tasks.len() {
            let is_committed = state.committed.contains(&of);
            let with = |emit: Emit| {
                let numbers = state.emits.iter().enumerate();
                let own = numbers.filter(move |(_, one)| **one == (of, emit));
                own.map(|(number, _)| number).collect::<Vec<_>>()
            };
            let received = |kind: &str| {
                let entries = state.journal.iter().filter(|entry| entry.0 == kind);
                let own = entries.filter(|entry| state.emits[entry.1].0 == of);
                own.map(|entry| entry.1).collect::<Vec<_>>()
            };
            let (ready, mut undone) = (with(Emit::Ready), with(Emit::Undone));
            let held = if is_committed {
                ready
            } else {
                [undone.clone(), ready].concat()
            };
            let expected: &[usize] = if is_committed { &held } else { &[] };
            for kind in ["committed", "deferred", "async"] {
                let mut numbers = received(kind);
                if kind == "async" {
                    numbers.sort_unstable();
                }
                if numbers != expected {
                    self.problem(format!(
                        "{kind} of {of}: {numbers:?} in place of {expected:?}"
                    ));
                }
            }
            if !is_committed {
                undone = held.clone();
                undone.sort_unstable();
            }
            let mut numbers = received("undone");
            numbers.sort_unstable();
            if numbers != undone {
                self.problem(format!(
                    "undone of {of}: {numbers:?} in place of {undone:?}"
                ));
            }
            let own = |entry: &(&str, usize, usize)| {
                entry.0 == "committed" && state.emits[entry.1].0 == of
            };
            if let (Some(first), Some(last)) = (
                state.journal.iter().position(own),
                state.journal.iter().rposition(own),
            ) {
                let together = &state.journal[first..=last];
                let poll = together[0].2;
                if !together.iter().all(|entry| own(entry) && entry.2 == poll) {
                    self.problem(format!("what {of} held is split: {together:?}"));
                }
            }
        }
    }
}

#[derive(Event)]
struct Filler;

impl Script {
    /// What is wrong, and how many transactions committed.
    pub(super) fn run(&self) -> (Option<String>, usize) {
        let registry = Registry::new();
        registry.queue().set_capacity(CAPACITY);
        subscribe(&registry);
        let shared = Arc::new(Shared {
            seed: self.seed,
            gates: Gates::default(),
            state: Mutex::default(),
        });
        let mut run = Run {
            registry: registry.clone(),
            shared: Arc::clone(&shared),
            executor: Executor::default(),
            tasks: Vec::new(),
            problems: Rc::default(),
        };
        for step in &self.steps {
            run.step(self, *step);
        }
        run.finish();
        run.check();
        let committed = shared.state().committed.len();
        let problems = Rc::clone(&run.problems);
        drop(run);
        let free = std::iter::repeat_with(|| registry.enqueue(Filler)).take_while(Result::is_ok);
        let free = free.count();
        let mut problems = problems.take();
        if free != CAPACITY {
            problems.push(format!("{free} places of the queue are free"));
        }
        let references = Arc::strong_count(&shared);
        if references != 1 {
            problems.push(format!("{references} references: events are not freed"));
        }
        let problem = (!problems.is_empty()).then(|| problems.join("\n  "));
        (problem, committed)
    }
}
