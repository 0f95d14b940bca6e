//! Log records and spans of awaited subscribers.

use std::{
    future::pending,
    pin::pin,
    task::{Context, Poll, Waker},
};

use events_core::{Event, Registry};
use tracing::{Level, info};

use crate::{logged, suspend};

#[derive(Event, Clone)]
struct Order {
    #[event(secret)]
    _card: &'static str,
}

fn order() -> Order {
    Order { _card: "4711-0815" }
}

fn finish<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
        {
            return output;
        }
    }
}

/// An awaited subscriber that logs before and after an await, a sync one, and an awaited one that fails as the text says.
fn registry() -> Registry {
    let registry = Registry::new();
    let awaited = registry.subscribe_awaited(async |_: &mut Order| {
        info!("before");
        suspend().await;
        info!("after");
    });
    awaited
        .id("first")
        .register()
        .expect("the id is free")
        .detach();
    let sync = registry.subscribe(|_: &Order| info!("sync"));
    sync.id("second")
        .register()
        .expect("the id is free")
        .detach();
    registry
}

#[test]
fn each_awaited_handler_has_a_span_at_trace_at_each_poll() {
    let start = "emit{topic=\"logging::awaited::Order\"}:";
    let ways: [fn(&Registry); 2] = [
        |registry| _ = finish(registry.emit_async(order())),
        |registry| drop(finish(registry.try_emit_async(order()))),
    ];
    for way in ways {
        let log = logged(Level::TRACE, || way(&registry()));
        for (text, name) in [("before", "first"), ("after", "first"), ("sync", "second")] {
            let mut lines = log
                .iter()
                .filter(|line| line.ends_with(&format!(": {text}")));
            let line = lines.next().expect("it is logged");
            let span = format!(
                "INFO {start}handle{{subscriber={name} location={}:",
                file!()
            );
            assert!(line.starts_with(&span), "{line}");
            assert!(lines.next().is_none(), "{log:#?}");
        }
        let spans = log.iter().filter(|line| line.ends_with("new"));
        assert_eq!(spans.count(), 3, "{log:#?}");
    }
}

#[test]
fn the_panic_and_the_error_of_an_awaited_handler_are_logged() {
    let log = logged(Level::WARN, || {
        let registry = registry();
        let panics = registry.subscribe_awaited(async |_: &mut Order| {
            suspend().await;
            panic!("no stock");
        });
        panics
            .id("panics")
            .register()
            .expect("the id is free")
            .detach();
        let fails = registry.subscribe_awaited(async |_: &mut Order| {
            suspend().await;
            Err::<(), _>("card refused")
        });
        fails
            .id("fails")
            .register()
            .expect("the id is free")
            .detach();
        finish(registry.emit_async(order()));
        registry.enqueue(order()).expect("there is room");
        finish(registry.queue().flush_async());
    });
    let records: Vec<_> = log
        .iter()
        .filter(|line| line.starts_with("ERROR"))
        .collect();
    assert_eq!(records.len(), 4, "{log:#?}");
    for records in records.chunks(2) {
        let start =
            "ERROR events_core: a subscriber failed topic=\"logging::awaited::Order\" subscriber=";
        for record in records {
            assert!(record.starts_with(start), "{record}");
            assert!(!record.contains("4711"), "{record}");
        }
        assert!(
            records[0].contains(concat!("subscriber=panics location=", file!(), ":")),
            "{records:#?}"
        );
        assert!(
            records[0].contains(concat!("cause=panicked at ", file!(), ":")),
            "{records:#?}"
        );
        assert!(records[0].contains(": no stock"), "{records:#?}");
        assert!(
            records[1].contains("cause=returned an error: card refused"),
            "{records:#?}"
        );
    }
}

/// The record of a job has the same fields as that of an emit that is dropped.
#[test]
fn an_event_whose_worker_is_dropped_at_an_awaited_handler_is_logged() {
    let log = logged(Level::WARN, || {
        let registry = Registry::new();
        let waits = registry.subscribe_awaited(async |_: &mut Order| pending::<()>().await);
        waits
            .id("waits")
            .register()
            .expect("the id is free")
            .detach();
        let behind = registry.subscribe_async(async |_: &Order| ());
        behind
            .id("behind")
            .register()
            .expect("the id is free")
            .detach();
        registry.enqueue(order()).expect("there is room");
        let mut worker = Box::pin(registry.queue().work(1));
        assert!(
            worker
                .as_mut()
                .poll(&mut Context::from_waker(Waker::noop()))
                .is_pending()
        );
        drop(worker);
        let unfinished = registry.queue().shutdown(std::time::Duration::ZERO);
        assert_eq!(unfinished.events.len(), 1);
    });
    let [job, shutdown] = &log[..] else {
        panic!("two records: {log:#?}")
    };
    let start = "ERROR events_core: an event is unfinished: the flush, worker or shutdown that ran it was dropped or \
                 stopped; call Queue::shutdown, which returns the event topic=\"logging::awaited::Order\" \
                 cut_off=\"waits (";
    assert!(job.starts_with(start), "{job}");
    assert!(job.contains("not_reached=\"behind ("), "{job}");
    assert!(!log.concat().contains("4711"), "{log:#?}");
    assert!(
        shutdown.contains("shut down with 1 event left"),
        "{shutdown}"
    );
}
