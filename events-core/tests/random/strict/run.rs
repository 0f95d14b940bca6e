//! A script, step by step, and then everything to its end.

use std::{
    cell::RefCell,
    rc::Rc,
    sync::{Arc, atomic::Ordering},
};

use events_core::{
    Registry, Subscription,
    info::SubscriberInfo,
    middleware::{BoxFuture, Middleware, NextAsync},
    outcomes::SubscriberOutcome,
    queues::{Unfinished, UnfinishedEvent},
    scopes::WithRegistry as _,
    with_registry,
};

use super::{
    executor::{Executor, NO_TASK, TaskId},
    handlers::{Numbered, Progress, Shared, Verb, X, Y, subscribe},
    script::{Kind, MARKERS, Script, Step},
};

/// An event that a shutdown handed back, with the handlers that have not ended; `None` when none was
/// begun.
#[derive(Debug)]
pub(crate) struct HandedBack {
    pub(crate) event: usize,
    pub(crate) unfinished: Option<Vec<usize>>,
}

/// What a script left behind.
pub(crate) struct Outcome {
    pub(crate) shared: Arc<Shared>,
    pub(crate) handed_back: Vec<HandedBack>,
    /// What was wrong on the way.
    pub(crate) problems: Vec<String>,
    /// Handlers, and how long the journal was when they were unsubscribed.
    pub(crate) unsubscribed: Vec<(usize, usize)>,
    /// Whether a waker was called after its wait was over.
    pub(crate) has_stale_wake: bool,
}

struct Run<'s> {
    script: &'s Script,
    registry: Registry,
    shared: Arc<Shared>,
    executor: Executor,
    subscriptions: Vec<Option<Subscription>>,
    unsubscribed: Vec<(usize, usize)>,
    has_stale_wake: bool,
    /// Tasks that are workers.
    workers: Rc<RefCell<Vec<TaskId>>>,
    back: Rc<RefCell<Vec<HandedBack>>>,
    problems: Rc<RefCell<Vec<String>>>,
}

/// After so many polls at the end, a task wakes itself without end.
const MOST_POLLS: usize = 100_000;

pub(crate) fn run(script: &Script) -> Outcome {
    let registry = Registry::new();
    let shared = Shared::new(script);
    let subscriptions = subscribe(&registry, script, &shared);
    if script.options.wraps {
        registry.wrap(PassOn).detach();
        registry.wrap(PassOn).detach();
    }
    let mut run = Run {
        script,
        registry,
        shared,
        executor: Executor::default(),
        subscriptions,
        unsubscribed: Vec::new(),
        has_stale_wake: false,
        workers: Rc::default(),
        back: Rc::default(),
        problems: Rc::default(),
    };
    for step in &run.script.steps {
        run.step(*step);
    }
    run.finish();
    Outcome {
        shared: run.shared,
        handed_back: run.back.take(),
        problems: run.problems.take(),
        unsubscribed: run.unsubscribed,
        has_stale_wake: run.has_stale_wake,
    }
}

/// Middleware that polls the call in a future of its own.
struct PassOn;

impl Middleware for PassOn {
    fn call_async<'a>(
        &'a self,
        _: &'a SubscriberInfo,
        next: NextAsync<'a>,
    ) -> BoxFuture<'a, SubscriberOutcome> {
        Box::pin(async move { next.run().await })
    }
}

impl Run<'_> {
    fn step(&mut self, step: Step) {
        let choose = |all: Vec<TaskId>, choice: usize| {
            let count = all.len();
            (count > 0).then(|| all[choice % count])
        };
        match step {
            Step::Enqueue(kind) => {
                let shared = &self.shared;
                with_registry(&self.registry, || shared.enqueue(kind, 0));
            }
            Step::Emit(kind) => {
                let number = self.number(kind, Verb::Emitted);
                match kind {
                    Kind::X => drop(self.registry.emit(X::new(number))),
                    Kind::Y => drop(self.registry.emit(Y::new(number))),
                }
            }
            Step::EmitAsync(kind) => match kind {
                Kind::X => self.emit_async::<X>(kind),
                Kind::Y => self.emit_async::<Y>(kind),
            },
            Step::Worker(concurrency) => {
                let work = self.registry.queue().work(concurrency);
                let task = self.executor.spawn(format!("work({concurrency})"), work);
                self.workers.borrow_mut().push(task);
            }
            Step::Flush => self.flush(),
            Step::Settle => self.settle(),
            Step::Shutdown => self.shutdown(),
            Step::Open(choice) => self.shared.gates.open(choice),
            Step::Deliver(choice) => drop(self.shared.gates.deliver(choice)),
            Step::WakeHandler(choice) => self.shared.gates.wake_spuriously(choice),
            Step::WakeStale(choice) => {
                self.has_stale_wake |= self.shared.gates.wake_stale(choice);
            }
            Step::WakeTask(choice) => {
                if let Some(task) = choose(self.executor.alive(), choice) {
                    self.executor.wake_spuriously(task);
                }
            }
            Step::Poll(choice) => {
                if let Some(task) = choose(self.executor.woken(), choice) {
                    self.executor.poll(task, &self.shared.current);
                }
            }
            Step::Rest => self.poll_woken(),
            Step::Cancel(choice) => {
                // Half of them are tasks that were woken and not polled since.
                let woken = self.executor.woken();
                let are_meant = choice % 2 == 0 && !woken.is_empty();
                let tasks = if are_meant {
                    woken
                } else {
                    self.executor.alive()
                };
                if let Some(task) = choose(tasks, choice / 2) {
                    self.executor.cancel(task);
                }
            }
            Step::Unsubscribe(choice) => {
                let others = self.subscriptions.len() - MARKERS;
                let handler = MARKERS + choice % others.max(1);
                if others == 0 {
                    return;
                }
                if self.subscriptions[handler].take().is_some() {
                    let length = self.shared.journal().len();
                    self.unsubscribed.push((handler, length));
                }
            }
        }
    }

    fn emit_async<E: Numbered>(&mut self, kind: Kind) {
        let number = self.number(kind, Verb::EmittedAsync(Progress::Created));
        let shared = Arc::clone(&self.shared);
        let emit = async move { shared.emit::<E>(number).await };
        let emit = emit.with_registry(self.registry.clone());
        self.executor
            .spawn(format!("emit_async of event {number}"), emit);
    }

    fn number(&self, kind: Kind, verb: Verb) -> usize {
        with_registry(&self.registry, || self.shared.number(kind, verb, 0))
    }

    fn flush(&mut self) {
        let (queue, problems) = (self.registry.queue(), Rc::clone(&self.problems));
        self.executor.spawn("flush_async", async move {
            let flushed = queue.flush_async().await;
            if flushed.left() > 0 || !queue.is_empty() {
                let problem = format!("a flush ended with {} events in the queue", queue.len());
                problems.borrow_mut().push(problem);
            }
        });
    }

    fn settle(&mut self) {
        let (queue, problems) = (self.registry.queue(), Rc::clone(&self.problems));
        let (shared, workers) = (Arc::clone(&self.shared), Rc::clone(&self.workers));
        self.executor.spawn("settle_async", async move {
            let is_settled = queue.settle_async().await;
            let mut tasks = workers.borrow().clone();
            tasks.push(shared.current.load(Ordering::Relaxed));
            let under_way = shared.under_way(&tasks);
            if !is_settled || !queue.is_empty() || under_way > 0 {
                let problem = format!(
                    "settled: {is_settled}, with {} events in the queue and {under_way} calls under way",
                    queue.len()
                );
                problems.borrow_mut().push(problem);
            }
        });
    }

    fn shutdown(&mut self) {
        let (queue, back) = (self.registry.queue(), Rc::clone(&self.back));
        let deadline = self.shared.gates.wait();
        self.executor.spawn("shutdown_async", async move {
            let unfinished = queue.shutdown_async(deadline).await;
            back.borrow_mut().extend(handed_back(unfinished));
        });
    }

    fn poll_woken(&mut self) {
        for _ in 0..MOST_POLLS {
            let Some(&task) = self.executor.woken().first() else {
                return;
            };
            self.executor.poll(task, &self.shared.current);
        }
        self.problem("the tasks wake themselves without end");
    }

    /// Polls and delivers until nothing is left to do.
    fn run_to_rest(&mut self) {
        self.poll_woken();
        while self.shared.gates.deliver(0) {
            self.poll_woken();
        }
    }

    fn problem(&self, problem: impl Into<String>) {
        self.problems.borrow_mut().push(problem.into());
    }

    fn finish(&mut self) {
        // A shutdown whose deadline is a gate is over when all are open; one that is not may take long.
        self.shared.gates.open_all();
        self.run_to_rest();
        let workers = self.workers.borrow().clone();
        let has_worker = workers.iter().any(|task| self.executor.is_alive(*task));
        if has_worker && !self.registry.queue().is_empty() {
            self.problem("events wait though there is a worker");
        }
        self.flush();
        self.settle();
        self.run_to_rest();
        self.names_what_hangs("though all gates are open");
        if !self.registry.queue().is_empty() {
            self.problem("events wait after a flush");
        }
        // Handed back is only what was begun and cut off.
        let (queue, back) = (self.registry.queue(), Rc::clone(&self.back));
        self.executor.spawn("last shutdown_async", async move {
            let unfinished = queue.shutdown_async(std::future::pending::<()>()).await;
            back.borrow_mut().extend(handed_back(unfinished));
        });
        self.run_to_rest();
        self.workers.borrow_mut().clear();
        self.names_what_hangs("after a shutdown");
        assert_eq!(self.shared.current.load(Ordering::Relaxed), NO_TASK);
    }

    /// Tasks that have not ended, but for workers, which end in a shutdown.
    fn names_what_hangs(&self, when: &str) {
        let workers = self.workers.borrow();
        let hang = self.executor.alive();
        let hang: Vec<_> = hang.iter().filter(|task| !workers.contains(task)).collect();
        if !hang.is_empty() {
            let names: Vec<_> = hang.iter().map(|task| self.executor.name(**task)).collect();
            self.problem(format!("{} hangs {when}", names.join(", ")));
        }
    }
}

fn handed_back(unfinished: Unfinished) -> Vec<HandedBack> {
    let handed_back = |event: UnfinishedEvent| {
        let unfinished = event.unfinished().map(|subscribers| {
            let number = |name: &str| name.parse().expect("the id of a handler is its number");
            subscribers.map(|one| number(&one.name)).collect()
        });
        let event = match event.downcast::<X>() {
            Ok(event) => event.number(),
            Err(event) => event
                .downcast::<Y>()
                .map(|event| event.number())
                .expect("it is a Y"),
        };
        HandedBack { event, unfinished }
    };
    unfinished.events.into_iter().map(handed_back).collect()
}
