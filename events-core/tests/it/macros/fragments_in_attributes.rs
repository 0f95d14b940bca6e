//! Fragments of `macro_rules!` in the attributes of functions and impl blocks mean what they mean
//! elsewhere: in types, options, bodies, and around whole items.

use std::future::ready;

use events_core::{
    AnyEvent, Emission, Event, Registry, State, flush_queue, listener, observer, record::Creating,
    subscriber, subscribers,
};

use crate::{Journal, block_on};

#[derive(Event, Debug, Clone, Default)]
struct Numbers(Vec<u32>);

#[derive(Event)]
struct Borrowed<'a, T: Default + 'static> {
    #[event(default)]
    number: T,
    log: &'a mut Vec<u32>,
}

/// Declares subscribers whose types and options are fragments.
macro_rules! declare {
    (
        $event:ty, $changed:ty, $borrowed:ty, $state:ty, $context:ty, $result:ty;
        $listed:path, $other:ty, $any:ty, $dynamic:ty, $topic:literal;
        $priority:expr, $when:expr, $before:expr, $limit:expr, $origin:expr, $core:path
    ) => {
        #[subscriber(priority = $priority * 10, when = $when, before = $before, crate = $core)]
        fn changes(event: $changed, state: State<'_, $state>) -> $result {
            event.0.push($priority * 10);
            state.note("changes");
            Ok(())
        }

        #[subscriber(priority = 29, origin = $origin)]
        fn from_origin(event: &mut Numbers, context: $context) {
            assert_eq!(context.topic(), Numbers::topic());
            event.0.push(2);
        }

        #[subscriber(deferred, concurrency = $limit)]
        async fn later(event: $event, journal: State<'_, $state>) -> $result {
            journal.note(format!("{:?}", ready(event).await.0));
            Ok(())
        }

        #[subscriber]
        fn borrows(event: $borrowed) {
            event.log.push($priority * 2);
        }

        #[subscriber(topic = $topic)]
        fn by_topic(event: &$dynamic, journal: State<'_, Journal>) {
            journal.note(event.topic());
        }

        #[subscriber($listed, $other)]
        fn by_type(event: $any, journal: State<'_, Journal>) {
            journal.note(format!("type of {}", event.topic()));
        }
    };
}

declare! {
    &Numbers, &mut Numbers, &mut Borrowed<'_, u8>, Journal, &Emission, Result<(), String>;
    Numbers, Borrowed<'_, u8>, &dyn AnyEvent, dyn AnyEvent, ".*::Numbers";
    1 + 2, |event| event.0.is_empty(), [from_origin], 1 + 1, "shop", events_core
}

#[test]
fn a_subscriber_may_consist_of_fragments() {
    let (registry, journal) = (Registry::new(), Journal::default());
    registry
        .scanner()
        .state(journal.clone())
        .subscribers(subscribers![
            changes,
            from_origin,
            later,
            borrows,
            by_topic,
            by_type
        ])
        .run();
    assert_eq!(registry.emit_from(Numbers::default(), "shop").0, [30, 2]);
    assert_eq!(
        journal.take(),
        [
            "changes",
            Numbers::topic(),
            &format!("type of {}", Numbers::topic())
        ]
    );
    assert_eq!(registry.queue().flush().ran(), 1);
    assert_eq!(journal.take(), ["[30, 2]"]);
    let mut log = Vec::new();
    let event = Borrowed::<u8>::builder().log(&mut log).build();
    assert_eq!(registry.emit(event).number, 0);
    assert_eq!(log, [6]);
}

/// Declares a listener and an observer.
macro_rules! listen {
    (
        $listener:ty, $observer:ty, $model:ty, $event:ty, $creating:ty, $priority:expr, $path:path, $core:path;
        $vis:vis, $body:block $(#[$meta:meta])*
    ) => {
        #[listener(crate = $core)]
        impl $listener {
            #[on(priority = $priority * 10, when = |event| Self::is_empty(event), before = $path)]
            fn first(&self, event: $event) {
                event.0.push(self.0 * $priority);
            }

            $(#[$meta])*
            $vis fn second(self: &$listener, _: $event) $body

            fn is_empty(event: &Numbers) -> bool {
                event.0.is_empty()
            }
        }

        #[observer($model)]
        impl $observer {
            #[on(priority = $priority)]
            fn creating(&self, event: $creating) {
                event.record.left += 1;
            }
        }
    };
}

#[derive(Default)]
struct Of<T>(T);

#[derive(Default)]
struct Watcher;

#[derive(Debug, Clone, PartialEq)]
struct Pair<T> {
    left: T,
}

listen! {
    Of<u32>, Watcher, Pair<u32>, &mut Numbers, &mut Creating<Pair<u32>>, 1 + 2, Of::<u32>::second, events_core;
    pub(crate), {} #[on(once)]
}

#[test]
fn a_listener_and_an_observer_may_consist_of_fragments() {
    let registry = Registry::new();
    let _added = (registry.add(Of(5)), registry.add(Watcher));
    assert_eq!(registry.emit(Numbers::default()).0, [15]);
    let creating = Creating::new(Pair { left: 1_u32 });
    assert_eq!(registry.emit(creating).record.left, 2);
    let report = Registry::new()
        .scanner()
        .subscribers(subscribers![Of::<u32>::first])
        .run();
    let names: Vec<_> = report.subscribers().map(|one| &*one.name).collect();
    assert_eq!(
        names,
        ["it::macros::fragments_in_attributes::Of<u32>::first"]
    );
}

/// Accepts one token, or a fragment.
macro_rules! one_token {
    ($token:tt) => {
        $token
    };
}

/// Passes whole items to an attribute, and parts of functions.
macro_rules! items {
    (
        $function:item $block:item $flushed:item
        $vis:vis, $ty:ty, $dynamic:ty, $path:path, $sum:expr, $choice:expr, $least:literal, $body:block
    ) => {
        #[subscriber]
        $function

        #[derive(Default)]
        struct Whole;

        #[listener]
        $block

        #[flush_queue]
        $flushed

        #[flush_queue]
        async fn awaited() -> $ty $body

        #[flush_queue]
        $vis fn calculated() -> Vec<i32> {
            let pair: $path = Pair { left: $sum };
            let in_order = match 1 {
                $least..=9 => 1 + $choice - 1,
                _ => 0,
            };
            vec![$sum * 2, -$sum, ($sum as i8).into(), pair.left, i32::pow(one_token!($sum), 2), in_order]
        }

        #[flush_queue]
        fn dynamic(value: &$dynamic) -> String {
            format!("{value:?}")
        }
    };
}

items! {
    fn function(event: &mut Numbers) {
        event.0.push(1);
    }
    impl Whole {
        #[on]
        fn method(&self, event: &mut Numbers) {
            event.0.push(2);
        }
    }
    fn flushed() -> &'static str {
        stringify!(1 + 2)
    }
    , Option<u8>, dyn std::fmt::Debug + Sync, Pair<i32>, 1 + 2, match 1 { 1 => 6, _ => 0 }, -1, { let one = 1; Some(one) }
}

#[test]
fn a_fragment_keeps_its_precedence_in_a_function_with_an_attribute() {
    assert_eq!(calculated(), [6, -3, 3, 3, 9, 6]);
    assert_eq!(block_on(awaited()), Some(1));
    assert_eq!(dynamic(&1), "1");
}

#[test]
fn a_whole_item_may_be_a_fragment() {
    let registry = Registry::with(subscribers![function]);
    let _added = registry.add(Whole);
    assert_eq!(registry.emit(Numbers::default()).0, [1, 2]);
    assert_eq!(flushed(), "1 + 2");
}
