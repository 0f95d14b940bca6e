//! Section 11: awaited subscribers, which are awaited in their place among the sync ones.

mod cancellation;
mod chain;
mod declared;
mod forms;
mod little_stack;
mod options;
mod sync_emit;
mod unusual;
mod while_pending;

use std::{
    future::{Future, poll_fn},
    ops::ControlFlow,
    task::Poll,
};

use events_core::{EmitError, Emitted, Event, Registry, failures::BoxError};

use crate::Journal;

/// An event that its subscribers change: each adds its number.
#[derive(Event, Clone, Default)]
struct Trail {
    numbers: String,
    journal: Journal,
}

impl Trail {
    fn add(&mut self, text: &str) {
        self.numbers.push_str(text);
        self.journal.note(text);
    }
}

/// Pending once, then ready; it wakes its task at once.
pub(crate) fn suspend() -> impl Future<Output = ()> + Send {
    let mut is_ready = false;
    poll_fn(move |context| {
        if is_ready {
            return Poll::Ready(());
        }
        is_ready = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
}

type Outcome = Result<ControlFlow<()>, BoxError>;

const NEXT: Outcome = Ok(ControlFlow::Continue(()));

/// A registry with the subscribers of a line: one word each, of which the first letter is the kind. Their ids are their
/// numbers in the line.
///
/// `s` is sync, `a` awaited and ready at once, `y` awaited and suspended once, after which it adds its number again; `e`, `p`
/// and `b` are as `y`, and then return an error, panic, or stop the others; `E` and `B` are sync and do that. `c` is async
/// and `d` deferred; both only note their number.
fn registry_of(line: &str) -> Registry {
    let registry = Registry::new();
    for (number, word) in line.split_whitespace().enumerate() {
        subscribe(&registry, number, word);
    }
    registry
}

fn subscribe(registry: &Registry, number: usize, kind: &str) {
    let text = number.to_string();
    let id = text.clone();
    let subscription = match kind {
        "s" | "E" | "B" => {
            let kind = kind.to_owned();
            let handler = move |event: &mut Trail| {
                event.add(&text);
                match kind.as_str() {
                    "E" => Err("refused".into()),
                    "B" => Ok(ControlFlow::Break(())),
                    _ => NEXT,
                }
            };
            registry.subscribe(handler).id(id).register()
        }
        "c" | "d" => {
            let handler = move |event: &Trail| {
                let (journal, text) = (event.journal.clone(), text.clone());
                async move {
                    journal.note(format!("{text}("));
                    suspend().await;
                    journal.note(format!("{text})"));
                }
            };
            let new = registry.subscribe_async(handler).id(id);
            if kind == "d" { new.deferred() } else { new }.register()
        }
        _ => {
            let state = (text, kind.to_owned());
            let handler = async |event: &mut Trail, (text, kind): &(String, String)| -> Outcome {
                event.add(text);
                if kind == "a" {
                    return NEXT;
                }
                suspend().await;
                event.add(text);
                match kind.as_str() {
                    "e" => Err("refused".into()),
                    "b" => Ok(ControlFlow::Break(())),
                    "p" => panic!("broken"),
                    _ => NEXT,
                }
            };
            registry
                .subscribe_awaited_with(state, handler)
                .id(id)
                .register()
        }
    };
    subscription.expect("the ids differ").detach();
}

/// What an emit reports: the numbers in the event, how many ran, and the ids of those that failed and of the one that
/// stopped the others.
fn summary(result: &Result<Emitted<Trail>, EmitError<Trail>>) -> String {
    let (event, ran, failed, stopped_by) = match result {
        Ok(emitted) => (emitted.event(), emitted.ran(), vec![], emitted.stopped_by()),
        Err(error) => {
            let failures = error.failures().iter();
            let names = failures.map(|failure| failure.subscriber().name.to_string());
            (
                error.event(),
                error.ran(),
                names.collect(),
                error.stopped_by(),
            )
        }
    };
    let mut summary = format!("{}, {ran} ran", event.numbers);
    if !failed.is_empty() {
        summary.push_str(&format!(", {} failed", failed.join(" ")));
    }
    if let Some(stopped_by) = stopped_by {
        summary.push_str(&format!(", {} stopped", stopped_by.name));
    }
    summary
}
