//! Awaited subscribers that attributes declare: functions, methods of listeners and of observers.

use std::{ops::ControlFlow, sync::Arc};

use events_core::{
    Emission, Event, Registry, State,
    info::SubscriberInfo,
    listener, observer,
    record::{Creating, Updating},
    scanning::Subscribers,
    subscriber, subscribers,
};

use super::{Trail, summary, suspend};
use crate::block_on;

struct Suffix(&'static str);

#[subscriber(priority = 3)]
fn sync(event: &mut Trail) {
    event.add("s");
}

#[subscriber(priority = 2)]
async fn changes(event: &mut Trail, suffix: State<'_, Suffix>, emission: &Emission) {
    suspend().await;
    event.add("c");
    event.add(suffix.0);
    event.add(emission.origin().map_or("-", |origin| origin.as_str()));
}

#[subscriber(awaited, priority = 1)]
async fn reads(event: &Trail) -> Result<(), String> {
    suspend().await;
    Err(event.numbers.clone())
}

#[subscriber(when = |event: &Trail| event.numbers.len() > 3, origin = "shop", once)]
async fn stops(event: &mut Trail) -> Result<ControlFlow<()>, String> {
    event.add("x");
    suspend().await;
    Ok(ControlFlow::Break(()))
}

#[subscriber(after = stops, awaited)]
async fn last(event: &Trail) -> ! {
    panic!("{}", event.numbers)
}

fn registry_with(subscribers: Subscribers) -> Registry {
    let registry = Registry::new();
    registry
        .scanner()
        .state(Suffix("!"))
        .subscribers(subscribers)
        .run();
    registry
}

#[test]
fn functions_are_awaited_in_their_place() {
    let registry = registry_with(subscribers![sync, changes, reads, stops, last]);
    let emits = || {
        summary(&block_on(
            registry.try_emit_async_from(Trail::default(), "shop"),
        ))
    };
    let module = module_path!();
    let ran = format!("sc!shopx, 4 ran, {module}::reads failed, {module}::stops stopped");
    assert_eq!(emits(), ran);
    let again = format!("sc!shop, 4 ran, {module}::reads {module}::last failed");
    assert_eq!(emits(), again);
}

#[test]
fn the_report_of_a_scan_lists_them() {
    let registry = Registry::new();
    let subscribers = subscribers![sync, changes, reads, stops, last];
    let report = registry
        .scanner()
        .state(Suffix("!"))
        .subscribers(subscribers)
        .run();
    let kinds: Vec<_> = report.subscribers().map(SubscriberInfo::kind).collect();
    assert_eq!(
        kinds,
        ["sync mut", "awaited", "awaited", "awaited once", "awaited"]
    );
    assert!(report.to_string().contains("awaited once"));
}

#[test]
fn a_function_stays_a_function() {
    let mut event = Trail::default();
    block_on(async {
        let result = stops(&mut event).await;
        assert_eq!(result, Ok(ControlFlow::Break(())));
    });
    assert_eq!(event.numbers, "x");
}

/// An event that borrows.
#[derive(Event)]
struct Checkout<'a> {
    order: &'a mut String,
}

#[subscriber]
async fn reserve(event: &mut Checkout<'_>, suffix: State<'_, Suffix>) {
    event.order.push('r');
    suspend().await;
    event.order.push_str(suffix.0);
}

#[subscriber(awaited, after = reserve, when = |event: &Checkout<'_>| event.order.len() > 1)]
async fn check(event: &Checkout<'_>) -> ControlFlow<()> {
    suspend().await;
    match event.order.as_str() {
        "r!" => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    }
}

#[test]
fn an_event_that_borrows_is_lent() {
    let registry = registry_with(subscribers![reserve, check]);
    registry
        .on_borrowed::<Checkout<'_>>(|event| event.order.push('e'))
        .detach();
    let mut order = String::new();
    for expected in ["r!", "r!r!e"] {
        block_on(registry.emit_async(Checkout { order: &mut order }));
        assert_eq!(order, expected);
    }
}

struct Adder(&'static str);

#[listener]
impl Adder {
    #[on(priority = 1)]
    async fn adds(&self, event: &mut Trail) {
        suspend().await;
        event.add(self.0);
    }

    #[on]
    fn sync(&self, event: &mut Trail) {
        event.add("s");
    }

    #[on(awaited, once)]
    async fn reads(&self, event: &Trail) -> ControlFlow<()> {
        match event.numbers.as_str() {
            "l" => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    }
}

#[test]
fn methods_of_a_listener_are_awaited() {
    let registry = Registry::new();
    let adder = Arc::new(Adder("l"));
    let subscription = registry.add(Arc::clone(&adder));
    assert_eq!(
        block_on(registry.emit_async(Trail::default())).numbers,
        "ls"
    );
    assert_eq!(Arc::strong_count(&adder), 4);
    drop(subscription);
    assert_eq!(block_on(registry.emit_async(Trail::default())).numbers, "");
    assert_eq!(Arc::strong_count(&adder), 1);
}

#[derive(Debug)]
struct User {
    email: String,
}

struct Emails;

#[observer(User)]
impl Emails {
    async fn creating(&self, event: &mut Creating<User>) -> Result<(), String> {
        suspend().await;
        if event.record.email == "a@x.org" {
            event.veto("this address is taken");
        }
        Ok(())
    }

    fn updating(&self, _event: &mut Updating<User>) {}
}

#[test]
fn methods_of_an_observer_are_awaited() {
    let registry = Registry::new();
    let _subscription = registry.add(Emails);
    for (email, is_vetoed) in [("a@x.org", true), ("b@x.org", false)] {
        let event = Creating::new(User {
            email: email.into(),
        });
        let event = block_on(registry.emit_async(event));
        assert_eq!(event.is_vetoed(), is_vetoed, "{email}");
    }
}
