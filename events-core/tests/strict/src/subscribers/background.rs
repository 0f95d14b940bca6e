//! Background subscribers, which run after the emit.

use std::sync::atomic::{AtomicU32, Ordering};

use events_core::{Emission, Event, State, subscriber};

/// A user signed up.
#[derive(Event, Debug, Clone)]
pub struct SignedUp {
    /// The name of the user.
    #[event(into)]
    pub name: String,
}

/// A state of subscribers.
#[derive(Debug, Default)]
pub struct Outbox(pub AtomicU32);

impl Outbox {
    async fn send(&self, to: &str) -> Result<(), String> {
        if to.is_empty() {
            return Err("no recipient".to_owned());
        }
        std::future::ready(()).await;
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

/// Emits the event, and is its origin.
#[must_use]
pub fn signup(name: &str) -> SignedUp {
    SignedUp::builder().name(name).build().emit_from(signup)
}

#[subscriber]
async fn welcome(event: &SignedUp, outbox: State<'_, Outbox>) -> Result<(), String> {
    outbox.send(&event.name).await
}

#[subscriber(
    deferred,
    concurrency = 1,
    when = |event: &SignedUp| !event.name.is_empty(),
    origin = signup,
    once,
    after = welcome,
    priority = 3
)]
pub(crate) fn report(
    event: &SignedUp,
    outbox: State<'_, Outbox>,
    emission: &Emission,
    _: State<'_, u8>,
) {
    assert_eq!(emission.topic(), SignedUp::topic());
    assert!(!event.name.is_empty());
    outbox.0.fetch_add(10, Ordering::Relaxed);
}

const LIMIT: usize = 4;

#[subscriber(deferred, concurrency = LIMIT * 2)]
async fn both<'a>(event: &'a SignedUp, _: &'a Emission) {
    std::future::ready(event).await;
}

#[cfg(any())]
#[subscriber]
async fn never(event: &SignedUp) {
    welcome(event).await;
}

/// Functions that have names of generated code.
mod names {
    use events_core::{State, subscriber};

    use super::{Outbox, SignedUp};

    #[subscriber]
    async fn event(event: &SignedUp, call: State<'_, Outbox>) {
        let _ = (event, call);
    }

    #[subscriber(deferred, when = |source| !source.name.is_empty(), once)]
    fn source(event: &SignedUp) {
        let _ = event;
    }

    #[subscriber(after = event)]
    async fn call(event: &SignedUp) {
        let _ = event;
    }

    #[subscriber(after = call)]
    async fn r#type(_: &SignedUp) {}
}
