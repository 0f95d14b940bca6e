//! `emit_async`, and other ways to await N async functions that only read the event and are ready at the
//! first poll.
//!
//! All are polled by the same loop, with a waker that does nothing, and all own the event, which the
//! handlers borrow. `join_all` and `boxed` have their handlers as an array of functions that return boxed
//! futures, since a dispatch does not know the types of its handlers. `direct` awaits each handler by its
//! name, and is the lower bound.

use std::{
    hint::black_box,
    pin::pin,
    sync::LazyLock,
    task::{Context, Poll, Waker},
};

use events_core::{Event as _, Registry};
use futures_util::future::join_all;

use crate::{
    case::{B, Case, time},
    events,
};

pub(crate) fn cases() -> Vec<Case> {
    macro_rules! awaited {
        ($($count:literal $module:ident;)*) => {
            vec![$(
                Case::awaited("emit_async", $count, |times| time(|| repeat(times, |a| {
                    let event = events::$module::Pair { a, b: B };
                    block_on(event.emit_async()).a
                }))),
                Case::awaited("emit_async, run-time", $count, |times| {
                    static REGISTRY: LazyLock<Registry> = LazyLock::new(|| {
                        let registry = Registry::new();
                        events::$module::subscribe(&registry);
                        registry
                    });
                    let registry = &*REGISTRY;
                    time(|| repeat(times, |a| {
                        let event = events::$module::Pair { a, b: B };
                        block_on(registry.emit_async(event)).a
                    }))
                }),
                Case::awaited("join_all", $count, |times| time(|| repeat(times, |a| {
                    block_on(async {
                        let event = events::$module::Pair { a, b: B };
                        let handlers = black_box(events::$module::HANDLERS).iter();
                        let futures: Vec<_> = handlers.map(|handler| handler(&event)).collect();
                        join_all(futures).await;
                        event.a
                    })
                }))),
                Case::awaited("boxed", $count, |times| time(|| repeat(times, |a| {
                    block_on(async {
                        let event = events::$module::Pair { a, b: B };
                        for handler in black_box(events::$module::HANDLERS) {
                            handler(&event).await;
                        }
                        event.a
                    })
                }))),
                Case::awaited("direct", $count, |times| time(|| repeat(times, |a| {
                    block_on(async {
                        let event = events::$module::Pair { a, b: B };
                        events::$module::direct(&event).await;
                        event.a
                    })
                }))),
            )*]
        };
    }
    awaited! {
        1 one;
        4 four;
        16 sixteen;
        64 sixty_four;
    }
}

/// Emits this many times.
#[inline(always)]
pub(crate) fn repeat(times: u64, mut emit: impl FnMut(u64) -> u64) {
    for a in 0..times {
        black_box(emit(a));
    }
}

/// Polls the future in a loop until it is ready.
#[inline(always)]
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}
