//! Section 2: listeners, which are structs whose methods are handlers.

use std::{
    cell::Cell,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use events_core::{Event, Registry, failures::BoxError, listener, scanning::Problem, subscribers};

use crate::Journal;

#[derive(Event, Clone, Default)]
pub(super) struct Login {
    pub(super) user: &'static str,
    pub(super) log: Vec<String>,
}

pub(super) fn login(user: &'static str) -> Login {
    Login {
        user,
        ..Login::default()
    }
}

/// Has no `Default`, so it is added with `registry.add`.
struct Greeter {
    greeting: &'static str,
    greeted: AtomicU32,
    journal: Journal,
}

impl Greeter {
    fn new(greeting: &'static str) -> Self {
        Self {
            greeting,
            greeted: AtomicU32::new(0),
            journal: Journal::default(),
        }
    }
}

#[listener]
impl Greeter {
    const ANONYMOUS: &'static str = "anonymous";

    #[on]
    fn count(&self, event: &Login) {
        self.counted(event.user);
    }

    /// Changes the event.
    #[on(priority = 5, when = |event: &Login| event.user != Self::ANONYMOUS, before = Self::count)]
    fn greet(&self, event: &mut Login) {
        event.log.push(format!("{} {}", self.greeting, event.user));
    }

    fn counted(&self, user: &str) {
        self.greeted.fetch_add(1, Ordering::Relaxed);
        self.journal.note(user);
    }
}

#[test]
fn a_listener_is_added_and_removed_as_a_unit() {
    let registry = Registry::new();
    let greeter = Arc::new(Greeter::new("hello"));
    let subscription = registry.add(Arc::clone(&greeter));
    assert_eq!(registry.emit(login("ann")).log, ["hello ann"]);
    assert!(registry.emit(login("anonymous")).log.is_empty());
    assert_eq!(greeter.journal.take(), ["ann", "anonymous"]);

    drop(subscription);
    let emitted = registry.try_emit(login("bob")).expect("no handler fails");
    assert!(emitted.is_unheard());
    assert_eq!(greeter.greeted.load(Ordering::Relaxed), 2);
    assert_eq!(Arc::strong_count(&greeter), 1);
}

#[test]
fn annotated_methods_stay_ordinary_methods() {
    let greeter = Greeter::new("hi");
    let mut event = login("ann");
    greeter.greet(&mut event);
    Greeter::count(&greeter, &event);
    assert_eq!(event.log, ["hi ann"]);
    assert_eq!(greeter.journal.take(), ["ann"]);
}

#[test]
fn two_values_of_one_type_are_two_listeners() {
    let registry = Registry::new();
    let first = registry.add(Greeter::new("hello"));
    registry.add(Greeter::new("hi")).detach();
    assert_eq!(registry.emit(login("ann")).log, ["hello ann", "hi ann"]);
    drop(first);
    assert_eq!(registry.emit(login("ann")).log, ["hi ann"]);
}

#[test]
fn a_listener_that_an_earlier_handler_removes_is_not_called() {
    let registry = Registry::new();
    let held = Arc::new(Mutex::new(None));
    let holds = Arc::clone(&held);
    let _first = registry
        .subscribe(move |_: &Login| drop(holds.lock().expect("the lock is not poisoned").take()))
        .priority(9)
        .register()
        .expect("it is the first");
    *held.lock().expect("the lock is not poisoned") = Some(registry.add(Greeter::new("hello")));
    assert!(registry.emit(login("ann")).log.is_empty());
}

#[test]
fn a_listener_method_is_reported_with_its_type_name_and_location() {
    let registry = Registry::new();
    registry.add(Failing).detach();
    let failed = registry.try_emit(login("ann")).expect_err("it fails");
    let [failure] = failed.failures() else {
        panic!("one fails")
    };
    let subscriber = failure.subscriber();
    assert_eq!(subscriber.name, "it::subscribe::listeners::Failing::fail");
    let above = include_str!("listeners.rs")
        .lines()
        .take_while(|line| !line.starts_with("    fn fail("));
    let line = above.count() + 1;
    assert!(
        subscriber
            .to_string()
            .ends_with(&format!("tests/it/subscribe/listeners.rs:{line})")),
        "{subscriber}"
    );
}

struct Failing;

#[listener]
impl Failing {
    #[on]
    fn fail(&self, event: &Login) -> Result<(), BoxError> {
        Err(event.user.into())
    }
}

#[derive(Event, Clone, Default)]
pub(super) struct Tick(pub(super) Vec<u32>);

/// Has a `Default`, so that a scan can create it.
struct Counter(AtomicU32);

thread_local! {
    static CREATED: Cell<u32> = const { Cell::new(0) };
}

impl Default for Counter {
    fn default() -> Self {
        CREATED.set(CREATED.get() + 1);
        Self(AtomicU32::new(0))
    }
}

#[listener]
impl Counter {
    #[on(priority = 1)]
    fn first(&self, event: &mut Tick) {
        event.0.push(self.0.fetch_add(1, Ordering::Relaxed));
    }

    #[on]
    fn second(&self, event: &mut Tick) {
        event.0.push(self.0.fetch_add(1, Ordering::Relaxed));
    }
}

#[test]
fn a_scan_creates_one_listener_for_each_registry() {
    let before = CREATED.get();
    let registry = Registry::with(subscribers![Counter::first]);
    registry
        .scanner()
        .subscribers(subscribers![Counter::first, Counter::second])
        .run();
    assert_eq!(CREATED.get(), before + 1);
    assert_eq!(registry.emit(Tick::default()).0, [0, 1]);
    assert_eq!(registry.emit(Tick::default()).0, [2, 3]);

    let other = Registry::with(subscribers![Counter::second]);
    assert_eq!(CREATED.get(), before + 2);
    assert_eq!(other.emit(Tick::default()).0, [0]);
}

#[test]
fn a_listener_type_that_is_scanned_and_added_is_subscribed_twice() {
    let registry = Registry::with(subscribers![Counter::first]);
    let added = registry.add(Counter(AtomicU32::new(50)));
    assert_eq!(registry.emit(Tick::default()).0, [0, 50, 51]);
    drop(added);
    assert_eq!(registry.emit(Tick::default()).0, [1]);
}

#[test]
fn the_scan_report_names_the_methods() {
    let report = Registry::new()
        .scanner()
        .subscribers(subscribers![Counter::first, Counter::second])
        .run();
    let names = report.subscribers().map(|one| (&*one.name, one.priority));
    assert_eq!(
        names.collect::<Vec<_>>(),
        [
            ("it::subscribe::listeners::Counter::first", 1),
            ("it::subscribe::listeners::Counter::second", 0),
        ]
    );
}

mod by_hand {
    use super::{Login, listener};

    pub(super) struct NoDefault(pub(super) u32);

    #[listener]
    impl NoDefault {
        #[on]
        pub(super) fn receive(&self, _: &Login) {
            assert!(self.0 > 0, "no scan creates this listener");
        }
    }
}

#[test]
fn a_scan_skips_a_listener_without_a_default() {
    let registry = Registry::new();
    let module = "it::subscribe::listeners::by_hand";
    let report = registry.scanner().module(module).run();
    assert_eq!(report.subscribers().len(), 0);
    let emitted = registry.try_emit(login("ann")).expect("no handler fails");
    assert!(emitted.is_unheard());
    registry.add(by_hand::NoDefault(1)).detach();
    assert_eq!(
        registry
            .try_emit(login("ann"))
            .expect("no handler fails")
            .ran(),
        1
    );
}

#[test]
fn a_scan_that_names_a_listener_without_a_default_fails() {
    let scanner = Registry::new().scanner();
    let named = scanner.subscribers(subscribers![by_hand::NoDefault::receive]);
    let error = named.try_run().expect_err("it has no default");
    let method = "it::subscribe::listeners::by_hand::NoDefault::receive".to_owned();
    assert_eq!(error.problems(), [Problem::ByHand { method }]);
    assert!(error.to_string().contains("use registry.add(listener)"));
}

#[derive(Event)]
struct Borrowed<'a> {
    seen: &'a mut Vec<&'static str>,
}

/// An event about its listener, in a module of its own.
#[derive(Event)]
struct About<T>(Vec<T>);

mod inside {
    use super::{About, Borrowed, Registry, listener};

    #[derive(Default, Debug, PartialEq)]
    pub(super) struct Of<T>(pub(super) T);

    #[listener]
    impl Of<u8> {
        #[on]
        fn borrowed<'a, 'e: 'a>(&'a self, event: &'a mut Borrowed<'e>) {
            event.seen.push("borrowed");
        }

        #[on(when = |event: &About<Self>| event.0.is_empty() && matches!(Self(7), Self(7)))]
        fn about(&self, event: &mut About<Self>) {
            event.0.push(Self(self.0));
        }

        #[cfg(any())]
        #[on]
        fn never(&self, event: &NoSuchEvent) {}

        #[on]
        #[cfg(test)]
        fn r#type(&self, event: &mut Borrowed<'_>) {
            event.seen.push("type");
        }
    }

    #[test]
    fn names_of_methods_contain_the_type_with_its_parameters() {
        let report = Registry::new()
            .scanner()
            .module("it::subscribe::listeners::inside")
            .run();
        let names: Vec<_> = report.subscribers().map(|one| &*one.name).collect();
        assert_eq!(
            names,
            [
                "it::subscribe::listeners::inside::Of<u8>::about",
                "it::subscribe::listeners::inside::Of<u8>::borrowed",
                "it::subscribe::listeners::inside::Of<u8>::type",
            ]
        );
    }
}

#[test]
fn a_listener_method_can_take_a_borrowing_event_and_write_self_for_its_type() {
    let registry = Registry::new();
    let _added = registry.add(inside::Of(4_u8));
    let mut seen = Vec::new();
    registry.emit(Borrowed { seen: &mut seen });
    assert_eq!(seen, ["borrowed", "type"]);
    assert_eq!(
        registry.emit(About(Vec::<inside::Of<u8>>::new())).0,
        [inside::Of(4)]
    );
}

/// Listeners whose block or method comes from the caller of the macro.
macro_rules! declare_listeners {
    ($name:ident, $block:item, $method:item) => {
        #[derive(Default)]
        struct $name;

        #[listener]
        $block

        #[derive(Default)]
        struct Other;

        #[listener]
        impl Other {
            $method
        }
    };
}

declare_listeners!(
    MacroDeclared,
    impl MacroDeclared {
        #[events_core::on]
        fn tick(&self, event: &mut Tick) {
            event.0.push(1);
        }
    },
    #[on]
    fn tock(&self, event: &mut Tick) {
        event.0.push(2);
    }
);

#[test]
fn a_macro_can_write_the_impl_block_or_a_method() {
    let registry = Registry::with(subscribers![MacroDeclared::tick, Other::tock]);
    assert_eq!(registry.emit(Tick::default()).0, [1, 2]);
}
