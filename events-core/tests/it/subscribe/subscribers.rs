//! Section 2: signatures and options of `#[subscriber]`, and the function that it leaves unchanged.

use std::{
    ops::ControlFlow,
    sync::atomic::{AtomicUsize, Ordering},
};

use events_core::{
    Emission, Event, Origin, Registry, State, failures::BoxError, subscriber, subscribers,
};

use crate::{Journal, block_on};

#[derive(Event, Debug, Default, PartialEq)]
struct Order {
    cents: i64,
    draft: bool,
    log: Vec<&'static str>,
}

fn order(cents: i64) -> Order {
    Order {
        cents,
        ..Order::default()
    }
}

#[subscriber]
fn reads(event: &Order) {
    READS.fetch_add(usize::try_from(event.cents).unwrap_or(0), Ordering::Relaxed);
}

static READS: AtomicUsize = AtomicUsize::new(0);

#[subscriber]
fn changes(event: &mut Order) {
    event.cents += 1;
}

#[test]
fn a_subscriber_reads_or_changes_the_event() {
    let registry = Registry::with(subscribers![reads, changes]);
    let before = READS.load(Ordering::Relaxed);
    assert_eq!(registry.emit(order(5)).cents, 6);
    assert_eq!(READS.load(Ordering::Relaxed), before + 5);
}

#[test]
fn an_annotated_function_stays_an_ordinary_function() {
    let mut event = order(1);
    changes(&mut event);
    assert_eq!(event.cents, 2);
    let by_name: fn(&mut Order) = changes;
    by_name(&mut event);
    assert_eq!(event.cents, 3);
}

#[subscriber]
fn nothing(_: &Order) {}

#[subscriber]
fn boxed_error(event: &Order) -> Result<(), BoxError> {
    if event.cents < 0 {
        Err("negative")?;
    }
    Ok(())
}

#[subscriber]
fn typed_error(event: &Order) -> Result<(), std::num::TryFromIntError> {
    u8::try_from(event.cents).map(|_| ())
}

#[subscriber]
fn flow(event: &Order) -> ControlFlow<()> {
    if event.cents == 0 {
        ControlFlow::Break(())
    } else {
        ControlFlow::Continue(())
    }
}

#[subscriber]
fn flow_or_error(event: &Order) -> Result<ControlFlow<()>, String> {
    match event.cents {
        ..0 => Err("negative".to_owned()),
        0 => Ok(ControlFlow::Break(())),
        _ => Ok(ControlFlow::Continue(())),
    }
}

#[test]
fn a_subscriber_returns_nothing_a_result_a_control_flow_or_both() {
    let registry = Registry::with(subscribers![
        nothing,
        boxed_error,
        typed_error,
        flow,
        flow_or_error
    ]);
    let emitted = registry.try_emit(order(7)).expect("no handler fails");
    assert_eq!((emitted.ran(), emitted.stopped_by().is_none()), (5, true));
    let failed = registry
        .try_emit(order(-1))
        .expect_err("three handlers fail");
    assert_eq!((failed.ran(), failed.failures().len()), (5, 3));
    let stopped = registry.try_emit(order(0)).expect("no handler fails");
    assert_eq!(stopped.ran(), 4);
    assert_eq!(
        stopped.stopped_by().expect("flow stops").name,
        "it::subscribe::subscribers::flow"
    );
}

#[subscriber(priority = 1, when = |event: &Order| !event.draft)]
fn watermark(event: &mut Order) {
    event.log.push("watermark");
}

#[subscriber(when = is_large)]
fn large(event: &mut Order) {
    event.log.push("large");
}

fn is_large(event: &Order) -> bool {
    event.cents > 100 && event.log == ["watermark"]
}

#[test]
fn when_is_evaluated_after_the_preceding_handlers_have_run() {
    let registry = Registry::with(subscribers![large, watermark]);
    assert_eq!(registry.emit(order(500)).log, ["watermark", "large"]);
    assert_eq!(registry.emit(order(5)).log, ["watermark"]);
    let draft = Order {
        draft: true,
        ..order(500)
    };
    let emitted = registry.try_emit(draft).expect("no handler fails");
    assert!(emitted.is_unheard());
    assert_eq!(emitted.ran(), 0);
}

fn checkout() {}
fn phone<T>(_: &T, _: u8) {}
struct Setting;

#[subscriber(origin = checkout)]
fn from_function(event: &mut Order) {
    event.log.push("function");
}

#[subscriber(origin = Origin::of::<Setting>())]
fn from_type(event: &mut Order) {
    event.log.push("type");
}

#[subscriber(origin = "billing")]
fn from_text(event: &mut Order) {
    event.log.push("text");
}

#[test]
fn a_subscriber_can_be_limited_to_one_origin() {
    let registry = Registry::with(subscribers![from_function, from_type, from_text]);
    let log = |origin: Origin| registry.emit_from(order(1), origin).log;
    assert_eq!(registry.emit_from(order(1), checkout).log, ["function"]);
    assert_eq!(log(Origin::of::<Setting>()), ["type"]);
    assert_eq!(log(Origin::from("billing")), ["text"]);
    assert_eq!(registry.emit_from(order(1), "billing").log, ["text"]);
    assert_eq!(
        registry.emit_from(order(1), String::from("billing")).log,
        ["text"]
    );
    assert!(registry.emit_from(order(1), phone::<u8>).log.is_empty());
    assert!(registry.emit(order(1)).log.is_empty());
}

#[derive(Event)]
struct Tick(Vec<&'static str>);

#[subscriber(once)]
fn first_tick(event: &mut Tick) {
    event.0.push("first");
}

#[subscriber(once, when = |event: &Tick| !event.0.is_empty())]
fn first_full_tick(event: &mut Tick) {
    event.0.push("full");
}

#[test]
fn a_once_subscriber_runs_the_first_time_that_its_filters_accept_the_event() {
    let registry = Registry::with(subscribers![first_tick, first_full_tick]);
    assert_eq!(registry.emit(Tick(vec![])).0, ["first", "full"]);
    assert!(registry.emit(Tick(vec![])).0.is_empty());

    let registry = Registry::with(subscribers![first_full_tick]);
    assert!(registry.emit(Tick(vec![])).0.is_empty());
    assert_eq!(registry.emit(Tick(vec!["x"])).0, ["x", "full"]);
    assert_eq!(registry.emit(Tick(vec!["x"])).0, ["x"]);
}

#[test]
fn a_once_subscriber_runs_once_when_several_threads_emit() {
    let registry = Registry::with(subscribers![first_tick]);
    let ran: usize = std::thread::scope(|scope| {
        let emit = || registry.emit(Tick(vec![])).0.len();
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(emit)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("no handler panics"))
            .sum()
    });
    assert_eq!(ran, 1);
}

struct Fee(i64);
struct Clerk(Journal);

#[subscriber]
fn charge(event: &mut Order, fee: State<'_, Fee>, clerk: State<'_, Clerk>, emission: &Emission) {
    event.cents += fee.0;
    clerk
        .0
        .note(format!("{} {:?}", emission.topic(), emission.origin()));
}

#[test]
fn a_handler_can_take_the_states_of_the_scan_and_the_emission() {
    let journal = Journal::default();
    let registry = Registry::new();
    registry
        .scanner()
        .state(Fee(30))
        .state(Clerk(journal.clone()))
        .subscribers(subscribers![charge])
        .run();
    assert_eq!(registry.emit_from(order(5), "till").cents, 35);
    assert_eq!(
        journal.take(),
        [r#"it::subscribe::subscribers::Order Some(Origin("till"))"#]
    );
}

#[test]
fn a_function_with_states_and_the_emission_can_be_called_directly() {
    let journal = Journal::default();
    let mut event = order(1);
    let clerk = Clerk(journal.clone());
    let emission = Emission::of::<Order>();
    charge(
        &mut event,
        State::from(&Fee(2)),
        State::from(&clerk),
        &emission,
    );
    assert_eq!(event.cents, 3);
    assert_eq!(journal.take().len(), 1);
}

trait Mailer: Send + Sync {
    fn send(&self, text: &'static str);
}

struct Smtp(Journal);

impl Mailer for Smtp {
    fn send(&self, text: &'static str) {
        self.0.note(text);
    }
}

#[derive(Event, Clone)]
struct Parcel;

#[subscriber]
fn mail(_: &Parcel, mailer: State<'_, Box<dyn Mailer>>) {
    mailer.send("sync");
}

#[subscriber]
async fn mail_async(_: &Parcel, mailer: State<'_, Box<dyn Mailer>>) {
    mailer.send("async");
}

#[test]
fn a_state_can_be_a_boxed_trait_object() {
    let journal = Journal::default();
    let registry = Registry::new();
    let scanner = registry.scanner();
    scanner
        .state::<Box<dyn Mailer>>(Box::new(Smtp(journal.clone())))
        .subscribers(subscribers![mail, mail_async])
        .run();
    block_on(registry.emit_async(Parcel));
    assert_eq!(journal.take(), ["sync", "async"]);
}

#[test]
fn a_state_of_an_earlier_scan_is_available_to_a_later_one() {
    let journal = Journal::default();
    let registry = Registry::new();
    let scan = || registry.scanner().subscribers(subscribers![nothing]);
    scan().state(Fee(1)).state(Clerk(journal)).run();
    registry.scanner().subscribers(subscribers![charge]).run();
    assert_eq!(registry.emit(order(0)).cents, 1);
}

#[test]
fn an_emission_has_one_id_and_the_id_of_its_parent() {
    #[derive(Event)]
    struct Outer(Vec<Emission>);
    #[derive(Event)]
    struct Inner(Vec<Emission>);

    let registry = Registry::new();
    let inside = registry.clone();
    let _subscriptions = [
        registry.on(|event: &mut Outer, emission: &Emission| event.0.push(emission.clone())),
        registry.on(move |event: &mut Outer| {
            event.0.extend(inside.emit(Inner(Vec::new())).0);
        }),
        registry.on(|event: &mut Outer, emission: &Emission| event.0.push(emission.clone())),
        registry.on(|event: &mut Inner, emission: &Emission| event.0.push(emission.clone())),
    ];
    let seen = registry.emit(Outer(Vec::new())).0;
    let [first, inner, last] = seen.as_slice() else {
        panic!("three handlers note the emission")
    };
    assert_eq!(first.id(), last.id());
    assert_ne!(first.id(), inner.id());
    assert_eq!(inner.parent(), Some(first.id()));
    assert_eq!(first.parent(), None);
    let again = registry.emit(Outer(Vec::new())).0;
    assert_ne!(again[0].id(), first.id());
}

#[derive(Event)]
struct Login<'a> {
    name: &'a str,
    seen: &'a mut Vec<String>,
}

#[subscriber]
fn elided(event: &mut Login<'_>) {
    event.seen.push(format!("elided {}", event.name));
}

#[subscriber(when = |event: &Login<'_>| event.name == "ann", once)]
fn named<'a, 'e: 'a>(event: &'a mut Login<'e>, fee: State<'a, Fee>) -> Result<(), BoxError> {
    event.seen.push(format!("named {}", fee.0));
    Ok(())
}

#[test]
fn a_subscriber_can_take_an_event_that_borrows() {
    let registry = Registry::new();
    registry
        .scanner()
        .state(Fee(1))
        .subscribers(subscribers![elided, named])
        .run();
    let mut seen = Vec::new();
    let name = String::from("ann");
    for _ in 0..2 {
        registry.emit(Login {
            name: &name,
            seen: &mut seen,
        });
    }
    assert_eq!(seen, ["elided ann", "named 1", "elided ann"]);
}

/// Two subscribers on one line of the source.
macro_rules! twins {
    ($one:ident $other:ident) => {
        #[subscriber]
        fn $one(event: &mut Tick) {
            event.0.push(stringify!($one))
        }
        #[subscriber]
        fn $other(event: &mut Tick) {
            event.0.push(stringify!($other))
        }
    };
}

twins!(castor pollux);

#[test]
fn a_macro_can_declare_two_subscribers_on_one_line() {
    let registry = Registry::with(subscribers![pollux, castor]);
    assert_eq!(registry.emit(Tick(vec![])).0, ["castor", "pollux"]);
}

#[test]
fn functions_of_the_same_name_in_two_blocks_are_two_subscribers() {
    let one = {
        #[subscriber]
        fn same(event: &mut Tick) {
            event.0.push("one");
        }
        subscribers![same]
    };
    let other = {
        #[subscriber]
        fn same(event: &mut Tick) {
            event.0.push("other");
        }
        subscribers![same]
    };
    let registry = Registry::with(one.clone());
    assert_eq!(registry.emit(Tick(vec![])).0, ["one"]);
    registry.scanner().subscribers(other).run();
    assert_eq!(registry.emit(Tick(vec![])).0, ["one", "other"]);
}

mod excluded {
    use super::{Tick, subscriber};

    #[subscriber]
    #[cfg(any())]
    fn never(event: &mut Tick) {
        event.no_such_field();
    }

    #[subscriber]
    #[cfg(test)]
    fn always(event: &mut Tick) {
        event.0.push("always");
    }
}

#[test]
fn a_function_that_cfg_removes_is_not_registered() {
    let registry = Registry::new();
    let report = registry
        .scanner()
        .module("it::subscribe::subscribers::excluded")
        .run();
    let names: Vec<_> = report
        .subscribers()
        .map(|subscriber| &*subscriber.name)
        .collect();
    assert_eq!(names, ["it::subscribe::subscribers::excluded::always"]);
}

#[test]
fn a_registry_can_have_no_subscribers() {
    let registry = Registry::with(subscribers![]);
    assert_eq!(registry.emit(order(1)), order(1));
    assert!(
        registry
            .try_emit(order(1))
            .expect("no handler fails")
            .is_unheard()
    );
}
