//! Fourth hostile round: random schedules of workers, flushes, settles and shutdowns, some polled at deep places.
#![allow(missing_docs)]

use std::{
    cell::RefCell,
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use events_core::{Event, Registry, queues::Unfinished};

const LIMIT: usize = 6;

struct Rng(u64);
impl Rng {
    fn next(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n
    }
}

#[derive(Default)]
struct Flag(AtomicBool, AtomicUsize);
impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
        let id = self.1.load(Ordering::SeqCst);
        if id > 0 && w(|w| w.nesting) < 5 {
            poll_task_with_id(id, "inline");
        }
    }
}

#[derive(Clone, Default)]
struct Gate(Arc<Mutex<(bool, Vec<Waker>)>>);
impl Gate {
    fn open(&self) {
        let wakers = {
            let mut state = self.0.lock().unwrap();
            state.0 = true;
            std::mem::take(&mut state.1)
        };
        wakers.into_iter().for_each(Waker::wake);
    }
    fn wait(&self) -> impl Future<Output = ()> + Send + use<> {
        let gate = self.clone();
        std::future::poll_fn(move |context| {
            let mut state = gate.0.lock().unwrap();
            if state.0 {
                return Poll::Ready(());
            }
            state.1.push(context.waker().clone());
            Poll::Pending
        })
    }
}

/// What the handler of an event does, step by step.
#[derive(Clone, Debug)]
enum Step {
    Wait(usize),
    Enqueue(usize),
    /// Sync: polls a task inside the event.
    PollTask,
    Yield,
    Shutdown,
    Emit(usize),
    FlushHere,
}

#[derive(Event, Clone, Debug)]
struct Ev {
    id: usize,
    steps: Vec<Step>,
}

#[derive(Event)]
struct Nested(usize);

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Work,
    Flush,
    Settle,
    Shutdown,
}

struct Task {
    id: usize,
    kind: Kind,
    registry: Registry,
    future: Pin<Box<dyn Future<Output = ()>>>,
    flag: Arc<Flag>,
    polled_deep_last: bool,
}

struct World {
    rng: Rng,
    registries: Vec<Registry>,
    deep: Registry,
    gates: Vec<Gate>,
    tasks: Vec<Task>,
    next_id: usize,
    next_task: usize,
    accepted: Vec<usize>,
    done: BTreeMap<usize, usize>,
    unfinished: Vec<usize>,
    log: Vec<String>,
    nesting: usize,
    inline: bool,
    destructors: bool,
    is_over: bool,
}

thread_local! {
    static WORLD: RefCell<Option<World>> = const { RefCell::new(None) };
}

fn w<T>(f: impl FnOnce(&mut World) -> T) -> T {
    WORLD.with_borrow_mut(|world| f(world.as_mut().unwrap()))
}

fn any_registry() -> Registry {
    w(|w| {
        let index = w.rng.next(w.registries.len());
        w.registries[index].clone()
    })
}

fn log(text: impl Into<String>) {
    let text = text.into();
    w(|w| {
        let pad = "  ".repeat(w.nesting);
        w.log.push(format!("{pad}{text}"));
    });
}

fn steps(depth: usize) -> Vec<Step> {
    let n = w(|w| w.rng.next(4));
    (0..n)
        .map(|_| {
            w(|w| match w.rng.next(13) {
                0..=4 => Step::Wait(w.rng.next(4)),
                5 | 6 if depth < 3 => Step::Enqueue(depth + 1),
                7 | 8 => Step::PollTask,
                9 if w.rng.next(8) == 0 => Step::Shutdown,
                9 | 10 if depth < 3 => Step::Emit(depth + 1),
                10 => Step::FlushHere,
                _ => Step::Yield,
            })
        })
        .collect()
}

fn enqueue(depth: usize) {
    let steps = steps(depth);
    let registry = any_registry();
    let id = w(|w| {
        w.next_id += 1;
        w.next_id
    });
    let text = format!("enqueue {id} {steps:?} {registry:?}");
    let accepted = registry.enqueue(Ev { id, steps }).is_ok();
    log(format!("{text} {accepted}"));
    if accepted {
        w(|w| w.accepted.push(id));
    }
}

fn take_unfinished(unfinished: Unfinished) {
    for event in unfinished.events {
        let ev = event.downcast::<Ev>().expect("an event");
        log(format!("unfinished {}", ev.id));
        w(|w| w.unfinished.push(ev.id));
    }
}

fn new_task() {
    let kind = w(|w| match w.rng.next(10) {
        0..=4 => Kind::Work,
        5 | 6 => Kind::Flush,
        7 | 8 => Kind::Settle,
        _ if w.rng.next(4) == 0 => Kind::Shutdown,
        _ => Kind::Work,
    });
    let registry = any_registry();
    let queue = registry.queue();
    let concurrency = w(|w| w.rng.next(3) + 1);
    let future: Pin<Box<dyn Future<Output = ()>>> = match kind {
        Kind::Work => Box::pin(queue.work(concurrency)),
        Kind::Flush => Box::pin(async move { _ = queue.flush_async().await }),
        Kind::Settle => Box::pin(async move { _ = queue.settle_async().await }),
        Kind::Shutdown => {
            let deadline = if w(|w| w.rng.next(3)) == 0 {
                w(|w| w.gates[3].clone()).wait()
            } else {
                Gate::default().wait()
            };
            Box::pin(async move { take_unfinished(queue.shutdown_async(deadline).await) })
        }
    };
    let id = w(|w| {
        w.next_task += 1;
        w.next_task
    });
    log(format!("task {id} {kind:?} concurrency {concurrency} {registry:?}"));
    let task = Task { id, kind, registry, future, flag: Arc::default(), polled_deep_last: false };
    if w(|w| w.inline) {
        task.flag.1.store(id, Ordering::SeqCst);
    }
    w(|w| w.tasks.push(task));
    poll_task_with_id(id, "first");
}

fn poll_task_with_id(id: usize, how: &str) {
    let task = w(|w| {
        let index = w.tasks.iter().position(|task| task.id == id)?;
        Some(w.tasks.remove(index))
    });
    let Some(mut task) = task else { return };
    task.flag.0.store(false, Ordering::SeqCst);
    task.polled_deep_last = DEEP.get() > 0;
    log(format!("poll {id} {:?} {how} {{", task.kind));
    w(|w| w.nesting += 1);
    let waker = Waker::from(Arc::clone(&task.flag));
    let polled = task.future.as_mut().poll(&mut Context::from_waker(&waker));
    w(|w| w.nesting -= 1);
    log(format!("}} {id} ready {}", polled.is_ready()));
    if polled.is_pending() {
        w(|w| w.tasks.push(task));
    }
}

fn random_task() -> Option<usize> {
    w(|w| {
        if w.tasks.is_empty() {
            return None;
        }
        let index = w.rng.next(w.tasks.len());
        Some(w.tasks[index].id)
    })
}

fn woken_task() -> Option<usize> {
    w(|w| {
        let woken: Vec<_> =
            w.tasks.iter().filter(|task| task.flag.0.load(Ordering::SeqCst)).map(|task| task.id).collect();
        if woken.is_empty() {
            return None;
        }
        let index = w.rng.next(woken.len());
        Some(woken[index])
    })
}

async fn run(ev: Ev) {
    struct InHandler(usize, bool);
    impl Drop for InHandler {
        fn drop(&mut self) {
            if self.1 || !w(|w| w.destructors) || w(|w| w.nesting) >= 4 {
                return;
            }
            log(format!("drop of {} {{", self.0));
            w(|w| w.nesting += 1);
            match w(|w| if w.is_over { 9 } else { w.rng.next(7) }) {
                0 | 1 => enqueue(1),
                2 => {
                    if let Some(id) = random_task() {
                        poll_task_with_id(id, "destructor");
                    }
                }
                3 => {
                    if let Some(id) = random_task() {
                        let task = w(|w| {
                            w.log.push(format!("drop task {id}"));
                            let index = w.tasks.iter().position(|task| task.id == id)?;
                            Some(w.tasks.remove(index))
                        });
                        drop(task);
                    }
                }
                4 => take_unfinished(any_registry().queue().shutdown(Duration::ZERO)),
                5 => new_task(),
                _ => {}
            }
            w(|w| w.nesting -= 1);
            log("}");
        }
    }
    let mut in_handler = InHandler(ev.id, false);
    for step in &ev.steps {
        log(format!("event {} {step:?}", ev.id));
        match step {
            Step::Wait(gate) => w(|w| w.gates[*gate].clone()).wait().await,
            Step::Enqueue(depth) => enqueue(*depth),
            Step::PollTask => {
                if w(|w| w.nesting) < 4 && let Some(id) = random_task() {
                    poll_task_with_id(id, "inside");
                }
            }
            Step::Emit(depth) => {
                let registry = any_registry();
                let emit = registry.emit_async(Ev { id: 0, steps: steps(*depth) });
                let emit: Pin<Box<dyn Future<Output = Ev> + Send>> = Box::pin(emit);
                emit.await;
            }
            Step::FlushHere => {
                let flush = any_registry().queue().flush_async();
                flush.await;
            }
            Step::Yield => {
                let mut yielded = false;
                std::future::poll_fn(|context| {
                    if yielded {
                        return Poll::Ready(());
                    }
                    yielded = true;
                    context.waker().wake_by_ref();
                    Poll::Pending
                })
                .await;
            }
            Step::Shutdown => {
                let registry = any_registry();
                take_unfinished(registry.queue().shutdown(Duration::ZERO));
            }
        }
    }
    in_handler.1 = true;
    log(format!("event {} done", ev.id));
    if ev.id > 0 {
        w(|w| *w.done.entry(ev.id).or_default() += 1);
    }
}

fn deep(depth: usize, id: usize) {
    let registry = w(|w| w.deep.clone());
    // The task to poll is in a thread-local: the handler was subscribed once.
    TARGET.set(id);
    DEEP.set(DEEP.get() + 1);
    registry.emit(Nested(depth));
    DEEP.set(DEEP.get() - 1);
}

thread_local! {
    static DEEP: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
    static TARGET: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

struct Config {
    deep: bool,
    queues: usize,
    inline: bool,
    destructors: bool,
}

fn schedule(seed: u64, config: &Config) -> Result<(), String> {
    let registries: Vec<_> = (0..config.queues).map(|_| Registry::new()).collect();
    let deep_registry = Registry::new();
    for registry in &registries {
        registry.set_depth_limit(LIMIT);
        registry.on_async(|ev: &Ev| run(ev.clone())).detach();
    }
    deep_registry.set_depth_limit(256);
    let inner = deep_registry.clone();
    deep_registry
        .on(move |event: &Nested| {
            if event.0 == 1 {
                poll_task_with_id(TARGET.get(), "deep");
            } else {
                inner.emit(Nested(event.0 - 1));
            }
        })
        .detach();
    let mut rng = Rng(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    for _ in 0..8 {
        rng.next(2);
    }
    let world = World {
        rng,
        registries: registries.clone(),
        deep: deep_registry.clone(),
        gates: (0..4).map(|_| Gate::default()).collect(),
        tasks: Vec::new(),
        next_id: 0,
        next_task: 0,
        accepted: Vec::new(),
        done: BTreeMap::new(),
        unfinished: Vec::new(),
        log: Vec::new(),
        nesting: 0,
        inline: config.inline,
        destructors: config.destructors,
        is_over: false,
    };
    WORLD.set(Some(world));
    let ops = 20 + w(|w| w.rng.next(100));
    for _ in 0..ops {
        match w(|w| w.rng.next(16)) {
            0..=3 => enqueue(0),
            4 | 5 => new_task(),
            6..=8 => {
                if let Some(id) = woken_task() {
                    poll_task_with_id(id, "woken");
                }
            }
            9 => {
                if let Some(id) = random_task() {
                    poll_task_with_id(id, "spurious");
                }
            }
            10 | 11 if config.deep => {
                if let Some(id) = random_task() {
                    let depth = if w(|w| w.rng.next(2)) == 0 { LIMIT } else { 256 };
                    deep(depth, id);
                }
            }
            12 => {
                let gate = w(|w| {
                    let index = w.rng.next(4);
                    w.log.push(format!("open {index}"));
                    w.gates[index].clone()
                });
                gate.open();
            }
            13 => {
                if let Some(id) = random_task() {
                    let task = w(|w| {
                        w.log.push(format!("drop {id}"));
                        let index = w.tasks.iter().position(|task| task.id == id)?;
                        Some(w.tasks.remove(index))
                    });
                    drop(task);
                }
            }
            14 if w(|w| w.rng.next(6)) == 0 => {
                // What a shutdown begins and does not wait for.
                let mut shutdown = Box::pin(any_registry().queue().shutdown_async(std::future::pending::<()>()));
                log("shutdown begins");
                let waker = Waker::noop();
                if let Poll::Ready(unfinished) = shutdown.as_mut().poll(&mut Context::from_waker(waker)) {
                    take_unfinished(unfinished);
                }
                drop(shutdown);
            }
            _ => {
                let mut n = 0;
                while let Some(id) = woken_task() {
                    poll_task_with_id(id, "woken");
                    n += 1;
                    if n > 20 {
                        break;
                    }
                }
            }
        }
    }
    // The end: all gates are open, and tasks run until none is woken.
    log("END");
    for gate in 0..4 {
        let gate = w(|w| w.gates[gate].clone());
        gate.open();
    }
    // A task that was polled at a deep place last may have used its wake up there.
    let deep_last: Vec<_> = w(|w| w.tasks.iter().filter(|t| t.polled_deep_last).map(|t| t.id).collect());
    for id in deep_last {
        poll_task_with_id(id, "again");
    }
    let mut polls = 0;
    while let Some(id) = woken_task() {
        poll_task_with_id(id, "woken");
        polls += 1;
        if polls > 3000 {
            return fail("they wake one another for ever");
        }
    }
    // Now no task is woken.
    for registry in &registries {
        let left = registry.queue().len();
        let kinds: Vec<_> = w(|w| {
            let tasks = w.tasks.iter().filter(|t| t.registry == *registry);
            tasks.map(|t| (t.id, t.kind)).collect()
        });
        let has_worker = kinds.iter().any(|(_, kind)| *kind == Kind::Work);
        if has_worker && left > 0 {
            return fail(&format!("{left} events are queued, though a worker is there: {kinds:?}"));
        }
        for (id, kind) in &kinds {
            if *kind != Kind::Work {
                return fail(&format!("task {id} {kind:?} hangs: {kinds:?}, queued {left}"));
            }
            if registry.queue().is_shut_down() {
                return fail(&format!("worker {id} does not end: {kinds:?}"));
            }
        }
    }
    let tasks = w(|w| {
        w.is_over = true;
        std::mem::take(&mut w.tasks)
    });
    drop(tasks);
    for registry in &registries {
        take_unfinished(registry.queue().shutdown(Duration::ZERO));
    }
    let problem = w(|w| {
        let mut all: Vec<_> = w.unfinished.clone();
        for (id, times) in &w.done {
            all.extend(std::iter::repeat_n(*id, *times));
        }
        all.sort_unstable();
        let mut accepted = w.accepted.clone();
        accepted.sort_unstable();
        (all != accepted).then(|| format!("accepted {accepted:?}, found {all:?}"))
    });
    match problem {
        Some(problem) => fail(&problem),
        None => Ok(()),
    }
}

fn fail(text: &str) -> Result<(), String> {
    Err(format!("{text}\n{}", w(|w| w.log.join("\n"))))
}

fn schedules(config: &Config) {
    let from: u64 = std::env::var("H4_FROM").ok().and_then(|n| n.parse().ok()).unwrap_or(1);
    let n: u64 = std::env::var("H4_N").ok().and_then(|n| n.parse().ok()).unwrap_or(500);
    let shortest = AtomicUsize::new(usize::MAX);
    let mut failed: Option<(u64, String)> = None;
    let mut kinds: BTreeMap<String, (usize, u64)> = BTreeMap::new();
    for seed in from..from + n {
        if let Err(text) = schedule(seed, config) {
            let first: String = text.lines().next().unwrap().chars().filter(|c| !c.is_ascii_digit()).take(30).collect();
            let entry = kinds.entry(first).or_insert((0, seed));
            entry.0 += 1;
            let len = text.lines().count();
            if len < shortest.load(Ordering::SeqCst) {
                shortest.store(len, Ordering::SeqCst);
                failed = Some((seed, text));
            }
        }
        if std::env::var_os("H4_SHOW").is_some() {
            println!("{}", w(|w| w.log.join("\n")));
        }
        let world = WORLD.take();
        drop(world);
    }
    if let Some((seed, text)) = failed {
        panic!("{kinds:?}\nseed {seed}: {text}");
    }
}

macro_rules! tests {
    ($($name:ident $deep:literal $queues:literal $inline:literal $destructors:literal;)*) => {$(
        #[test]
        fn $name() {
            schedules(&Config { deep: $deep, queues: $queues, inline: $inline, destructors: $destructors });
        }
    )*};
}

tests! {
    shallow false 1 false false;
    deep_places true 1 false false;
    two_queues false 2 false false;
    inline false 1 true false;
    inline_two_queues true 2 true false;
    destructors false 1 false true;
    destructors_two_queues true 2 false true;
    destructors_inline true 2 true true;
}
