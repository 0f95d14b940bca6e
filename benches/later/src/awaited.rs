//! `emit_async`, and what else can be done with N async functions that are ready at once.
//!
//! All are polled by the same loop, with a waker that does nothing, and all own the event which the
//! handlers borrow. What they are compared with gets its handlers as a program would that does not
//! know them: as a list of functions that give boxed futures. *Direct* names each of them, and is the
//! floor.

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
                    let event = events::$module::Heard { a, b: B };
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
                        let event = events::$module::Heard { a, b: B };
                        block_on(registry.emit_async(event)).a
                    }))
                }),
                Case::awaited("join_all", $count, |times| time(|| repeat(times, |a| {
                    block_on(async {
                        let event = events::$module::Heard { a, b: B };
                        let handlers = black_box(events::$module::LIST).iter();
                        let futures: Vec<_> = handlers.map(|handler| handler(&event)).collect();
                        join_all(futures).await;
                        event.a
                    })
                }))),
                Case::awaited("boxed", $count, |times| time(|| repeat(times, |a| {
                    block_on(async {
                        let event = events::$module::Heard { a, b: B };
                        for handler in black_box(events::$module::LIST) {
                            handler(&event).await;
                        }
                        event.a
                    })
                }))),
                Case::awaited("direct", $count, |times| time(|| repeat(times, |a| {
                    block_on(async {
                        let event = events::$module::Heard { a, b: B };
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

/// Emits so many times.
#[inline(always)]
fn repeat(times: u64, mut emit: impl FnMut(u64) -> u64) {
    for a in 0..times {
        black_box(emit(a));
    }
}

/// Polls until it is ready.
#[inline(always)]
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}
