//! Events of 16 bytes with 1, 4, 16 and 64 async link-time subscribers, which run concurrently or are
//! awaited in their places, each with a function of its own, and arrays of the same functions for the
//! peers; and events of 16 and 256 bytes with one sync subscriber, for the queue.

use std::pin::Pin;

use events_core::{Event, Registry, bounds::OwnedEvent, subscriber};
use seq_macro::seq;

use crate::{case::B, sum};

/// A future that borrows its event.
pub(crate) type BoxedFuture<'e> = Pin<Box<dyn Future<Output = ()> + Send + 'e>>;

macro_rules! pair_event {
    ($module:ident, $count:literal) => {
        pub(crate) mod $module {
            use super::{BoxedFuture, Event, Registry, seq, subscriber, sum};

            #[derive(Event, Clone)]
            pub(crate) struct Pair {
                pub(crate) a: u64,
                pub(crate) b: u64,
            }

            seq!(K in 0..$count {
                #(
                    #[subscriber]
                    async fn handler~K(event: &Pair) {
                        sum::add(event.b ^ K);
                    }
                )*

                pub(crate) static HANDLERS: &[for<'e> fn(&'e Pair) -> BoxedFuture<'e>] =
                    &[#(|event| Box::pin(handler~K(event)),)*];

                /// Awaits each handler by its name, one after the other.
                #[inline]
                pub(crate) async fn direct(event: &Pair) {
                    #(handler~K(event).await;)*
                }

                pub(crate) fn subscribe(registry: &Registry) {
                    #(registry.on_async(handler~K).detach();)*
                }

                /// An event whose handlers may change it.
                #[derive(Event)]
                pub(crate) struct Open {
                    pub(crate) a: u64,
                    pub(crate) b: u64,
                }

                #(
                    #[subscriber]
                    async fn awaited~K(event: &mut Open) {
                        sum::add(event.b ^ K);
                    }
                )*

                pub(crate) static AWAITED: &[for<'e> fn(&'e mut Open) -> BoxedFuture<'e>] =
                    &[#(|event| Box::pin(awaited~K(event)),)*];

                pub(crate) fn subscribe_awaited(registry: &Registry) {
                    #(registry.on_awaited(awaited~K).detach();)*
                }
            });
        }
    };
}

pair_event!(one, 1);
pair_event!(four, 4);
pair_event!(sixteen, 16);
pair_event!(sixty_four, 64);

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

/// An event of the queue benchmarks.
pub(crate) trait QueueEvent: OwnedEvent + Send {
    const SIZE: u64 = size_of::<Self>() as u64;

    /// The function of its subscriber.
    const HANDLER: fn(&Self);

    fn numbered(a: u64) -> Self;
}

impl QueueEvent for Small {
    const HANDLER: fn(&Self) = small;

    fn numbered(a: u64) -> Self {
        Self { a, b: B }
    }
}

impl QueueEvent for Large {
    const HANDLER: fn(&Self) = large;

    fn numbered(a: u64) -> Self {
        Self {
            a,
            b: B,
            rest: [a; 30],
        }
    }
}
