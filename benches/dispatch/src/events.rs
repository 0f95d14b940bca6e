//! Events of 16 bytes with 0, 1, 4, 16 and 64 link-time subscribers, each with a function of its own,
//! and arrays of the same functions, for the baselines to loop over. The handlers of some are opaque to the
//! compiler, and those of some have local variables on the stack as well.

use std::hint::black_box;

use events_core::{Event, subscriber};
use seq_macro::seq;

use crate::case::step;

macro_rules! pair_event {
    ($module:ident, $count:literal $(, #[$attribute:meta])? $(; $local:expr)?) => {
        pub(crate) mod $module {
            use super::{Event, seq};
            #[allow(unused_imports, reason = "with no subscribers, or without locals")]
            use super::{black_box, step, subscriber};

            #[derive(Event)]
            #[allow(dead_code, reason = "with no subscribers")]
            pub(crate) struct Pair {
                pub(crate) a: u64,
                pub(crate) b: u64,
            }

            seq!(K in 0..$count {
                #(
                    #[subscriber]
                    $(#[$attribute])?
                    fn handler~K(event: &mut Pair) {
                        $(black_box(&mut $local);)?
                        event.a = step(event.a, event.b, K);
                    }
                )*

                pub(crate) static HANDLERS: &[fn(&mut Pair)] = &[#(handler~K,)*];
            });
        }
    };
}

pair_event!(zero, 0);
pair_event!(one, 1);
pair_event!(four, 4);
pair_event!(sixteen, 16);
pair_event!(sixty_four, 64);
pair_event!(opaque_one, 1, #[inline(never)]);
pair_event!(opaque_four, 4, #[inline(never)]);
pair_event!(opaque_sixteen, 16, #[inline(never)]);
pair_event!(opaque_sixty_four, 64, #[inline(never)]);
pair_event!(locals_one, 1, #[inline(never)]; [0_u64; 4]);
pair_event!(locals_four, 4, #[inline(never)]; [0_u64; 4]);
pair_event!(locals_sixteen, 16, #[inline(never)]; [0_u64; 4]);
pair_event!(locals_sixty_four, 64, #[inline(never)]; [0_u64; 4]);
