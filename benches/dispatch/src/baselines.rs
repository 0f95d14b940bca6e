//! The baselines: a dispatch that calls N functions by pointer cannot take less.
//!
//! L1 is a loop over function pointers; L2 is L1 with `catch_unwind` around each call. `loop` emits
//! nothing: it is the cost of the measuring loop, which is part of every case.

use std::{
    hint::black_box,
    panic::{AssertUnwindSafe, catch_unwind},
};

use crate::{
    case::{B, Case, repeat},
    events,
};

pub(crate) fn cases() -> Vec<Case> {
    macro_rules! baselines {
        ($($count:literal $plain:ident $(opaque $opaque:ident $locals:ident)?;)*) => {
            vec![
                Case::new("loop", 0, |times| repeat(times, black_box)),
                $(
                    Case::new("L1", $count, |times| repeat(times, |a| {
                        l1(events::$plain::HANDLERS, events::$plain::Pair { a, b: B }).a
                    })),
                    Case::new("L2", $count, |times| repeat(times, |a| {
                        l2(events::$plain::HANDLERS, events::$plain::Pair { a, b: B }).a
                    })),
                    $(Case::new("L2 opaque", $count, |times| repeat(times, |a| {
                        l2(events::$opaque::HANDLERS, events::$opaque::Pair { a, b: B }).a
                    })),
                    Case::new("L1 opaque", $count, |times| repeat(times, |a| {
                        l1(events::$opaque::HANDLERS, events::$opaque::Pair { a, b: B }).a
                    })),
                    Case::new("L1 opaque, locals", $count, |times| repeat(times, |a| {
                        l1(events::$locals::HANDLERS, events::$locals::Pair { a, b: B }).a
                    })),)?
                )*
            ]
        };
    }
    baselines! {
        0 zero;
        1 one opaque opaque_one locals_one;
        4 four opaque opaque_four locals_four;
        16 sixteen opaque opaque_sixteen locals_sixteen;
        64 sixty_four opaque opaque_sixty_four locals_sixty_four;
    }
}

#[inline(never)]
fn l1<E>(handlers: &[fn(&mut E)], mut event: E) -> E {
    for handler in black_box(handlers) {
        handler(&mut event);
    }
    event
}

#[inline(never)]
fn l2<E>(handlers: &[fn(&mut E)], mut event: E) -> E {
    for handler in black_box(handlers) {
        let _ = catch_unwind(AssertUnwindSafe(|| handler(&mut event)));
    }
    event
}
