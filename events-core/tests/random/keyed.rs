//! Random programs of subscribers with keys, limits and retries, compared with a model of the order: a retry keeps its
//! permit, so the later events of its key wait.
//!
//! The model has a list of events for each key. The calls of a key are those of its first event, attempt by attempt, and
//! then those of the next one. Which keys proceed at which time is random, as the delays of retries are.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use events_core::{__testing::TestTime, Emission, Event, Registry, Retry, queues::UnfinishedEvent};
use smol::future::yield_now;

use crate::{
    rng::Rng,
    runs::{Case, check},
};

const SECOND: Duration = Duration::from_secs(1);
const RETRIES: u32 = 3;

#[derive(Event, Clone)]
struct Keyed {
    number: usize,
    key: usize,
    fails: u32,
    /// How often each call is pending.
    waits: usize,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Emit {
        key: usize,
        fails: u32,
        waits: usize,
    },
    Flush,
    /// Time passes, in milliseconds.
    Pass(usize),
    Take,
    TakeScheduled,
}

#[derive(Clone, Debug)]
struct Program {
    is_async: bool,
    /// 0 for no limit. With a limit of 1 all events have the same key for the model.
    limit: usize,
    is_per_key: bool,
    steps: Vec<Step>,
    /// Whether a shutdown ends it, or time passes until all is done.
    shuts_down: bool,
}

fn generate(seed: u64) -> Program {
    let rng = &mut Rng::new(seed);
    let is_per_key = rng.chance(3, 4);
    let limit = if is_per_key { rng.below(4) } else { 1 };
    let keys = 1 + rng.below(4);
    let step = |rng: &mut Rng| match rng.below(20) {
        0..10 => Step::Emit {
            key: rng.below(keys),
            fails: u32::try_from(rng.below(6)).expect("it is small"),
            waits: rng.below(3),
        },
        10..14 => Step::Flush,
        14..18 => Step::Pass(rng.below(1500)),
        18 => Step::Take,
        _ => Step::TakeScheduled,
    };
    Program {
        is_async: rng.chance(1, 2),
        limit,
        is_per_key,
        steps: (0..5 + rng.below(40)).map(|_| step(rng)).collect(),
        shuts_down: rng.chance(1, 3),
    }
}

/// A call: the number of the event, and of the attempt.
type Calls = Arc<Mutex<Vec<(usize, u32)>>>;

fn calls(calls: &Calls) -> MutexGuard<'_, Vec<(usize, u32)>> {
    calls.lock().unwrap_or_else(PoisonError::into_inner)
}

fn subscribe(registry: &Registry, program: &Program, calls_made: &Calls) {
    let end = |event: &Keyed, attempt: u32| match attempt <= event.fails {
        true => Err("refused"),
        false => Ok(()),
    };
    let made = Arc::clone(calls_made);
    let retry = Retry::exponential(SECOND, SECOND).max_retries(RETRIES);
    macro_rules! register {
        ($new:expr) => {{
            let mut new = $new.retry(retry);
            if program.limit > 0 {
                new = new.concurrency(program.limit);
            }
            if program.is_per_key {
                new = new.per_key(|event: &Keyed| event.key);
            }
            new.register().expect("the options are valid").detach();
        }};
    }
    if program.is_async {
        register!(
            registry.subscribe_async(move |event: &Keyed, emission: &Emission| {
                let (event, attempt, made) = (event.clone(), emission.attempt(), Arc::clone(&made));
                async move {
                    calls(&made).push((event.number, attempt));
                    for _ in 0..event.waits {
                        yield_now().await;
                    }
                    end(&event, attempt)
                }
            })
        );
    } else {
        register!(
            registry.subscribe_deferred(move |event: &Keyed, emission: &Emission| {
                calls(&made).push((event.number, emission.attempt()));
                end(event, emission.attempt())
            })
        );
    }
}

/// The events that were emitted and are not done, in the order of the emits, by their keys.
#[derive(Default)]
struct Model {
    keys: BTreeMap<usize, VecDeque<Waiting>>,
}

struct Waiting {
    number: usize,
    fails: u32,
    /// The number of its last attempt.
    attempt: u32,
}

impl Model {
    /// The calls since the last check are those that may be made now.
    fn check(&mut self, made: Vec<(usize, u32)>) -> Result<(), String> {
        for (number, attempt) in made {
            let is_first = |events: &&mut VecDeque<Waiting>| {
                events.front().is_some_and(|first| first.number == number)
            };
            let Some(events) = self.keys.values_mut().find(is_first) else {
                return Err(format!(
                    "{number}.{attempt}: an earlier event of its key waits"
                ));
            };
            let first = events.front_mut().expect("it was found");
            if attempt != first.attempt + 1 {
                return Err(format!(
                    "{number}.{attempt} after attempt {}",
                    first.attempt
                ));
            }
            first.attempt = attempt;
            if attempt > first.fails.min(RETRIES) {
                events.pop_front();
            }
        }
        Ok(())
    }

    /// An event that is returned is one that waits, with the attempt that it would be.
    fn taken(&mut self, event: UnfinishedEvent) -> Result<(), String> {
        let attempt = event.attempt();
        let number = event.downcast::<Keyed>().expect("it is one").number;
        for events in self.keys.values_mut() {
            let index = events.iter().position(|one| one.number == number);
            if let Some(waiting) = index.and_then(|index| events.remove(index)) {
                let expected = waiting.attempt + 1;
                let problem = || format!("{number} is returned with attempt {attempt}");
                return (attempt == expected).then_some(()).ok_or_else(problem);
            }
        }
        Err(format!("{number} is returned, and was not waiting"))
    }

    fn is_empty(&self) -> bool {
        self.keys.values().all(VecDeque::is_empty)
    }
}

fn run(program: &Program) -> Result<(), String> {
    let (registry, made) = (Registry::new(), Calls::default());
    subscribe(&registry, program, &made);
    let queue = registry.queue();
    let mut time = TestTime::stop(&registry);
    let mut model = Model::default();
    let pass = |time: &mut TestTime, by: Duration| {
        let target = time.after(by);
        let settled = time.block_until(target, Duration::from_secs(60), || false);
        let hangs = || String::from("what is due does not end");
        (settled == Some(true)).then_some(()).ok_or_else(hangs)
    };
    for (number, step) in program.steps.iter().enumerate() {
        let mut taken = Vec::new();
        match *step {
            Step::Emit { key, fails, waits } => {
                registry.emit(Keyed {
                    number,
                    key,
                    fails,
                    waits,
                });
                let key = if program.limit == 1 { 0 } else { key };
                model.keys.entry(key).or_default().push_back(Waiting {
                    number,
                    fails,
                    attempt: 0,
                });
            }
            Step::Flush => _ = queue.flush(),
            Step::Pass(millis) => pass(
                &mut time,
                SECOND * u32::try_from(millis).unwrap_or(0) / 1000,
            )?,
            Step::Take => taken = queue.take(),
            Step::TakeScheduled => taken = queue.take_scheduled(),
        }
        model.check(std::mem::take(&mut calls(&made)))?;
        taken.into_iter().try_for_each(|event| model.taken(event))?;
    }
    if program.shuts_down {
        let unfinished = queue.shutdown(Duration::from_secs(60));
        model.check(std::mem::take(&mut calls(&made)))?;
        let mut events = unfinished.events.into_iter();
        events.try_for_each(|event| model.taken(event))?;
    } else {
        for _ in 0..program.steps.len() * 4 {
            pass(&mut time, SECOND)?;
        }
        model.check(std::mem::take(&mut calls(&made)))?;
    }
    let is_done = model.is_empty() && queue.is_empty() && queue.scheduled() == 0;
    is_done
        .then_some(())
        .ok_or_else(|| String::from("events are left"))
}

impl Case for Program {
    fn problem(&self) -> Option<String> {
        run(self).err()
    }

    fn smaller(&self) -> impl Iterator<Item = Self> {
        (0..self.steps.len()).rev().map(|index| {
            let mut smaller = self.clone();
            smaller.steps.remove(index);
            smaller
        })
    }

    fn listing(&self) -> String {
        format!("{self:#?}")
    }
}

#[test]
fn the_order_of_each_key_holds_over_retries() {
    check("keys with retries", 0, 400, generate);
}
