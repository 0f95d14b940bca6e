//! The span of a handler that runs from the queue follows from the one that its event was queued in.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use events_core::{Event, Registry};
use tracing::{
    Subscriber, info_span,
    span::{Attributes, Id},
    subscriber::with_default,
};
use tracing_subscriber::{
    Layer,
    layer::{Context, SubscriberExt},
    registry::LookupSpan,
};

use crate::one_by_one;

#[derive(Event, Clone)]
struct Placed;

#[derive(Event, Clone)]
struct Mailed;

/// The spans, each as `name < parent`, and the links, each as `name > name`. Spans of one name differ by a number.
#[derive(Clone, Default)]
struct Links(Arc<Mutex<Recorded>>);

/// The names of the spans, and the lines.
type Recorded = (HashMap<Id, String>, Vec<String>);

impl<S: Subscriber + for<'s> LookupSpan<'s>> Layer<S> for Links {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let parent = context.span(id).and_then(|span| Some(span.parent()?.id()));
        let mut links = self.0.lock().expect("no panic");
        let (names, lines) = &mut *links;
        let count = names.len();
        let name = format!("{}{count}", attributes.metadata().name());
        let parent = parent.map_or("none", |parent| &names[&parent]);
        lines.push(format!("{name} < {parent}"));
        names.insert(id.clone(), name);
    }

    fn on_follows_from(&self, span: &Id, follows: &Id, _: Context<'_, S>) {
        let mut links = self.0.lock().expect("no panic");
        let (names, lines) = &mut *links;
        lines.push(format!("{} > {}", names[span], names[follows]));
    }
}

#[track_caller]
fn check(f: impl FnOnce(&Registry), expected: &[&str]) {
    let _alone = one_by_one();
    let links = Links::default();
    with_default(tracing_subscriber::registry().with(links.clone()), || {
        f(&Registry::new());
    });
    let links = links.0.lock().expect("no panic");
    assert_eq!(links.1, expected);
}

#[test]
fn the_handlers_of_a_snapshot_follow_from_the_emit() {
    let emits = |registry: &Registry| {
        registry.on(|_: &Placed| ()).detach();
        registry.on_deferred(|_: &Placed| ()).detach();
        registry.on_async(async |_: &Placed| ()).detach();
        registry.emit(Placed);
        let _ = registry.queue().flush();
    };
    let expected = [
        "emit0 < none",
        "handle1 < emit0",
        "handle2 < emit0",
        "handle2 > emit0",
        "handle3 < emit0",
        "handle3 > emit0",
    ];
    check(emits, &expected);
}

#[test]
fn the_handlers_of_an_enqueued_event_follow_from_the_span_of_the_call() {
    let enqueues = |registry: &Registry| {
        registry.on(|_: &Placed| ()).detach();
        registry.on_awaited(async |_: &mut Placed| ()).detach();
        registry.on_async(async |_: &Placed| ()).detach();
        info_span!("request")
            .in_scope(|| registry.enqueue(Placed))
            .expect("room");
        registry.enqueue(Placed).expect("room"); // in no span: there is nothing to follow from
        let _ = registry.queue().flush();
    };
    let expected = [
        "request0 < none",
        "handle1 < request0",
        "handle1 > request0",
        "handle2 < request0",
        "handle2 > request0",
        "handle3 < request0",
        "handle3 > request0",
        "handle4 < none",
        "handle5 < none",
        "handle6 < none",
    ];
    check(enqueues, &expected);
}

/// What a handler in the queue emits is a part of that handler: its handlers are no later runs.
#[test]
fn nested_emits_and_what_runs_at_once_follow_from_nothing() {
    let nests = |registry: &Registry| {
        registry.on(|_: &Mailed| ()).detach();
        registry
            .on_deferred(|_: &Placed| _ = Mailed.emit())
            .detach();
        registry.emit(Placed);
        let _ = registry.queue().flush();
        // The queue is full: the deferred one runs in the emit.
        registry.queue().set_capacity(1);
        registry.enqueue(Mailed).expect("room");
        registry.emit(Placed);
        drop(registry.queue().take());
    };
    let expected = [
        "emit0 < none",
        "handle1 < emit0",
        "handle1 > emit0",
        "emit2 < handle1",
        "handle3 < emit2",
        "emit4 < none",
        "handle5 < emit4",
    ];
    check(
        |registry| {
            let _scope = registry.enter();
            nests(registry);
        },
        &[&expected[..], &["emit6 < handle5", "handle7 < emit6"]].concat(),
    );
}

/// A panic in the layer, as one in another callback of it, loses no event.
#[test]
fn a_layer_that_panics_is_contained() {
    struct Panics;
    impl<S: Subscriber> Layer<S> for Panics {
        fn on_follows_from(&self, _: &Id, _: &Id, _: Context<'_, S>) {
            panic!("the layer is broken");
        }
    }
    let _alone = one_by_one();
    with_default(tracing_subscriber::registry().with(Panics), || {
        let registry = Registry::new();
        registry.on_deferred(|_: &Placed| ()).detach();
        registry.emit(Placed);
        assert_eq!(registry.queue().flush().ran(), 1);
    });
}
