//! Events of 16 bytes with 1, 4, 16 and 64 async link-time subscribers, each of them a function of its
//! own, with lists of the same functions for the others to run; and events of 16 and 256 bytes with
//! one sync subscriber, for the queue.

use std::pin::Pin;

use events_core::{Event, OwnedEvent, Registry, subscriber};
use seq_macro::seq;

use crate::{case::B, sum};

/// A future that borrows its event.
pub(crate) type Boxed<'e> = Pin<Box<dyn Future<Output = ()> + Send + 'e>>;

macro_rules! heard {
    ($module:ident, $count:literal) => {
        pub(crate) mod $module {
            use super::{Boxed, Event, Registry, seq, subscriber, sum};

            #[derive(Event, Clone)]
            pub(crate) struct Heard {
                pub(crate) a: u64,
                pub(crate) b: u64,
            }

            seq!(K in 0..$count {
                #(
                    #[subscriber]
                    async fn handler~K(event: &Heard) {
                        sum::add(event.b ^ K);
                    }
                )*

                pub(crate) static LIST: &[for<'e> fn(&'e Heard) -> Boxed<'e>] =
                    &[#(|event| Box::pin(handler~K(event)),)*];

                /// One after the other, each as what it is.
                #[inline]
                pub(crate) async fn direct(event: &Heard) {
                    #(handler~K(event).await;)*
                }

                pub(crate) fn subscribe(registry: &Registry) {
                    #(registry.on_async(handler~K).detach();)*
                }
            });
        }
    };
}

heard!(one, 1);
heard!(four, 4);
heard!(sixteen, 16);
heard!(sixty_four, 64);

/// An event of 16 bytes.
#[derive(Event)]
pub(crate) struct Small {
    pub(crate) a: u64,
    pub(crate) b: u64,
}

/// An event of 256 bytes.
#[derive(Event)]
pub(crate) struct Large {
    pub(crate) a: u64,
    pub(crate) b: u64,
    pub(crate) rest: [u64; 30],
}

#[subscriber]
pub(crate) fn small(event: &Small) {
    sum::add(event.b);
}

#[subscriber]
pub(crate) fn large(event: &Large) {
    sum::add(event.b);
}

/// An event for the queue.
pub(crate) trait Queued: OwnedEvent + Send {
    const SIZE: u64 = size_of::<Self>() as u64;

    /// What handles it.
    const HANDLER: fn(&Self);

    fn numbered(a: u64) -> Self;
}

impl Queued for Small {
    const HANDLER: fn(&Self) = small;

    fn numbered(a: u64) -> Self {
        Self { a, b: B }
    }
}

impl Queued for Large {
    const HANDLER: fn(&Self) = large;

    fn numbered(a: u64) -> Self {
        Self {
            a,
            b: B,
            rest: [a; 30],
        }
    }
}
