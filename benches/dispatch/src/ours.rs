//! events-core: link-time subscribers on the default registry, `emit` by value.

use events_core::Event as _;

use crate::{
    case::{B, Case, repeat},
    events,
};

pub(crate) fn cases() -> Vec<Case> {
    macro_rules! emits {
        ($($series:literal $count:literal $module:ident;)*) => {
            vec![$(
                Case::new($series, $count, |times| repeat(times, |a| {
                    events::$module::Pair { a, b: B }.emit().a
                })),
            )*]
        };
    }
    emits! {
        "ours" 0 zero;
        "ours" 1 one;
        "ours" 4 four;
        "ours" 16 sixteen;
        "ours" 64 sixty_four;
        "ours opaque" 1 opaque_one;
        "ours opaque" 4 opaque_four;
        "ours opaque" 16 opaque_sixteen;
        "ours opaque" 64 opaque_sixty_four;
        "ours opaque, locals" 1 locals_one;
        "ours opaque, locals" 4 locals_four;
        "ours opaque, locals" 16 locals_sixteen;
        "ours opaque, locals" 64 locals_sixty_four;
    }
}
