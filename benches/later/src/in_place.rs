//! `emit_async` of an event whose N handlers are awaited in their places, and boxed futures that are awaited
//! one after the other. All borrow the event exclusively, and are ready at the first poll.

use std::{hint::black_box, sync::LazyLock};

use events_core::{Event as _, Registry};

use crate::{
    awaited::{block_on, repeat},
    case::{B, Case, time},
    events,
};

pub(crate) fn cases() -> Vec<Case> {
    macro_rules! in_place {
        ($($count:literal $module:ident;)*) => {
            vec![$(
                Case::awaited("emit_async, in place", $count, |times| time(|| repeat(times, |a| {
                    let event = events::$module::Open { a, b: B };
                    block_on(event.emit_async()).a
                }))),
                Case::awaited("emit_async, in place, run-time", $count, |times| {
                    static REGISTRY: LazyLock<Registry> = LazyLock::new(|| {
                        let registry = Registry::new();
                        events::$module::subscribe_awaited(&registry);
                        registry
                    });
                    let registry = &*REGISTRY;
                    time(|| repeat(times, |a| {
                        let event = events::$module::Open { a, b: B };
                        block_on(registry.emit_async(event)).a
                    }))
                }),
                Case::awaited("boxed, in place", $count, |times| time(|| repeat(times, |a| {
                    block_on(async {
                        let mut event = events::$module::Open { a, b: B };
                        for handler in black_box(events::$module::AWAITED) {
                            handler(&mut event).await;
                        }
                        event.a
                    })
                }))),
            )*]
        };
    }
    in_place! {
        1 one;
        4 four;
        16 sixteen;
        64 sixty_four;
    }
}
