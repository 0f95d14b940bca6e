//! Events of 16 bytes with 0, 1, 4, 16 and 64 link-time subscribers, each of them a function of its
//! own; and lists of the same functions, for the floors to loop over.

use events_core::{Event, subscriber};
use seq_macro::seq;

use crate::case::step;

macro_rules! heard {
    ($module:ident, $count:literal $(, #[$attribute:meta])?) => {
        pub(crate) mod $module {
            use super::{Event, seq};
            #[allow(unused_imports, reason = "with no subscribers")]
            use super::{step, subscriber};

            #[derive(Event)]
            #[allow(dead_code, reason = "with no subscribers")]
            pub(crate) struct Heard {
                pub(crate) a: u64,
                pub(crate) b: u64,
            }

            seq!(K in 0..$count {
                #(
                    #[subscriber]
                    $(#[$attribute])?
                    fn handler~K(event: &mut Heard) {
                        event.a = step(event.a, event.b, K);
                    }
                )*

                pub(crate) static LIST: &[fn(&mut Heard)] = &[#(handler~K,)*];
            });
        }
    };
}

heard!(zero, 0);
heard!(one, 1);
heard!(four, 4);
heard!(sixteen, 16);
heard!(sixty_four, 64);
heard!(opaque_one, 1, #[inline(never)]);
heard!(opaque_four, 4, #[inline(never)]);
heard!(opaque_sixteen, 16, #[inline(never)]);
heard!(opaque_sixty_four, 64, #[inline(never)]);
