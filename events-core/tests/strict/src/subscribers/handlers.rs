//! Subscribers with every option and every signature.

use std::{
    fmt,
    ops::ControlFlow,
    sync::atomic::{AtomicU32, Ordering},
};

use events_core::{Emission, Event, State, subscriber};

/// A customer placed an order.
#[derive(Event, Debug)]
pub struct OrderPlaced {
    /// The amount.
    pub cents: u64,
    /// What the subscribers did, in order.
    #[event(default)]
    pub log: Vec<&'static str>,
}

/// A state of subscribers.
#[derive(Debug, Default)]
pub struct Ledger(pub AtomicU32);

/// The error of a subscriber.
#[derive(Debug)]
pub struct TooMuch;

impl fmt::Display for TooMuch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("too much")
    }
}

impl std::error::Error for TooMuch {}

/// Emits an order, and is its origin.
pub fn checkout(cents: u64) -> OrderPlaced {
    OrderPlaced::builder()
        .cents(cents)
        .build()
        .emit_from(checkout)
}

/// Runs before the others.
#[subscriber(priority = 10, when = |event: &OrderPlaced| event.cents > 0, before = charge)]
pub fn audit(event: &mut OrderPlaced) {
    event.log.push("audit");
}

#[subscriber(after = [audit], priority = 5 * 4)]
pub(crate) fn charge(
    event: &mut OrderPlaced,
    ledger: State<'_, Ledger>,
    emission: &Emission,
) -> Result<(), TooMuch> {
    if event.cents > 1_000 {
        return Err(TooMuch);
    }
    ledger.0.fetch_add(1, Ordering::Relaxed);
    event.log.push("charge");
    assert_eq!(emission.topic(), OrderPlaced::topic());
    Ok(())
}

#[subscriber(origin = checkout, once, after = charge)]
fn first_checkout(event: &mut OrderPlaced) -> ControlFlow<()> {
    event.log.push("first checkout");
    ControlFlow::Continue(())
}

#[subscriber(origin = "till", after = charge)]
fn till(
    event: &mut OrderPlaced,
) -> Result<ControlFlow<()>, Box<dyn std::error::Error + Send + Sync>> {
    event.log.push("till");
    if event.cents == 0 {
        return Err("nothing to pay".into());
    }
    Ok(ControlFlow::Break(()))
}

#[cfg(any())]
#[subscriber]
fn never(event: &mut OrderPlaced) {
    event.log.push("never");
}

#[subscriber]
#[cfg(any())]
fn never_either(event: &mut OrderPlaced) {
    event.log.push("never");
}

/// Functions that have names of generated code.
pub mod names {
    use events_core::{Event, State, subscriber};

    /// The event of all these functions.
    #[derive(Event, Debug)]
    pub struct Named(pub Vec<&'static str>);

    fn when(event: &Named) -> bool {
        !event.0.is_empty()
    }

    #[subscriber(priority = 9)]
    fn event(event: &mut Named) {
        event.0.push("event");
    }

    #[subscriber(priority = 8, when = when)]
    fn run(event: &mut Named) {
        event.0.push("run");
    }

    #[subscriber(priority = 7, origin = origin, after = run)]
    fn installer(event: &mut Named, origin: State<'_, super::Ledger>) {
        let _ = &*origin;
        event.0.push("installer");
    }

    /// Emits.
    #[must_use]
    pub fn origin() -> Named {
        Named(Vec::new()).emit_from(origin)
    }

    #[subscriber(priority = 6, once, when = |once| once.0.len() < 9)]
    fn once(event: &mut Named) {
        event.0.push("once");
    }

    #[subscriber(priority = 5)]
    fn r#type(event: &mut Named) {
        event.0.push("type");
    }
}
