//! What a function, an impl block or a method allows, expects and deprecates holds for its registration too.

#[expect(deprecated, reason = "it is still received")]
use crate::events::linted::{Gone, Old};
use events_core::{State, listener, observer, record::Creating, subscriber};

#[subscriber]
#[expect(deprecated, reason = "it is still received")]
fn receives(event: &mut Gone) {
    event.count += 1;
}

#[expect(deprecated, reason = "it is still received")]
#[subscriber(deferred, concurrency = 1, when = |event: &Gone| event.count > 1)]
async fn receives_later(event: &Gone, state: State<'_, Old>) {
    std::future::ready((event, &*state)).await;
}

#[subscriber]
#[cfg_attr(all(), allow(deprecated))]
fn receives_conditionally(_: &Gone) {}

#[subscriber]
#[deprecated = "use `receives`"]
fn deprecated(_: &super::background::SignedUp) {}

#[subscriber(deferred)]
#[deprecated = "use `receives`"]
fn deprecated_later(_: &super::background::SignedUp) {}

#[subscriber]
#[expect(unused_variables, reason = "the function does not read the event")]
fn unused(event: &super::background::SignedUp) {}

/// A deprecated listener.
#[deprecated = "use `Methods`"]
#[derive(Debug, Default)]
pub struct OldListener;

#[listener]
#[expect(deprecated, reason = "it is still added")]
impl OldListener {
    #[on]
    fn receives(&self, event: &Gone) {
        let _ = (self, event);
    }
}

/// A listener with attributes at its methods.
#[derive(Debug, Default)]
pub struct Methods;

#[listener]
impl Methods {
    #[on]
    #[expect(deprecated, reason = "it is still received")]
    fn receives(&self, event: &Gone) {
        let _ = (self, event);
    }

    #[on(deferred, when = |event: &Gone| event.count > 1, after = Self::deprecated)]
    #[expect(deprecated, reason = "it is still received")]
    async fn later(&self, event: &Gone, state: State<'_, Old>) {
        std::future::ready((self, event, &*state)).await;
    }

    #[on]
    #[deprecated = "use `receives`"]
    #[expect(deprecated, clippy::unused_self, reason = "a method of a listener")]
    fn deprecated(&self, _: &Gone) {}
}

/// An observer, with an attribute inside its impl block.
#[derive(Debug, Default)]
pub struct Watcher;

#[observer(Old)]
impl Watcher {
    #![allow(deprecated, clippy::unused_self)]

    fn creating(&self, event: &mut Creating<Old>) {
        event.record.0 += 1;
    }
}

/// Functions that never return. No lint reports that code after their call is unreachable.
mod never {
    use std::{future::ready, panic::panic_any};

    use events_core::{Event, listener, subscriber};

    /// An event that is not emitted.
    #[derive(Event, Debug, Clone)]
    struct Stop;

    #[subscriber]
    fn sync(event: &Stop) -> ! {
        panic_any(event.clone())
    }

    #[subscriber]
    async fn later(event: &Stop) -> ! {
        ready(()).await;
        panic_any(event.clone())
    }

    #[derive(Debug, Default, Clone)]
    struct Methods;

    #[listener]
    impl Methods {
        #[on]
        fn sync(&self, event: &Stop) -> ! {
            panic_any((self.clone(), event.clone()))
        }

        #[on(deferred)]
        fn deferred(&self, event: &Stop) -> ! {
            panic_any((self.clone(), event.clone()))
        }
    }
}
