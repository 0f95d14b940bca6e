//! Section 8: a bridge does not keep its registry alive.

use std::{
    pin::{Pin, pin},
    task::{Context, Poll},
};

use events_core::{Event, Registry, bridge, bridges::EndReason};
use futures_core::Stream;

use crate::poll_once;

#[derive(Event)]
struct Number {
    value: u32,
}

/// A stream that always has an item. Those of tokio return control after some items.
struct Repeat;

impl Stream for Repeat {
    type Item = u32;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<u32>> {
        Poll::Ready(Some(1))
    }
}

#[test]
fn a_bridge_whose_stream_is_always_ready_ends_at_the_next_item_when_its_registry_is_dropped() {
    let registry = Registry::new();
    let items = bridge(Repeat);
    let bridge = items.with(|value| Some(Number { value })).on(&registry);
    let mut run = pin!(bridge.run());
    assert!(poll_once(run.as_mut()).is_pending());
    drop(registry);
    let Poll::Ready(ended) = poll_once(run) else {
        panic!("the bridge has not ended");
    };
    assert!(matches!(ended.why(), EndReason::RegistryGone), "{ended:?}");
}
