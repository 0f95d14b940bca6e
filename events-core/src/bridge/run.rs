//! A bridge from a source that is polled, as a future: it polls the source for an item, emits the event of the item,
//! and polls for the next one.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use pin_project_lite::pin_project;

use super::{
    builder::Bridge,
    conversion::{choose::Choose, emittable::Emittable},
    ended::{Counts, EndReason, Ended},
    lifecycle::Lifecycle,
    mapping::{Keep, Mapping, Whose},
    source::traits::PollSource,
};
use crate::{
    context::panic_hook::catch_panic,
    primitives::{catch_drop, catch_record, one_line},
    registry::{WeakRegistry, enter_for_handlers},
};

/// Limit of items in one poll, so that a source which is always ready does not starve other futures of
/// the same executor.
const MAX_ITEMS_PER_POLL: usize = 128;

/// The emit of an item.
type EmitOf<C, T> = <<C as Choose<T>>::Event as Emittable>::Emit;

pin_project! {
    /// A bridge from a stream, a future or a receiver, as a future that returns the result; made by [`Bridge::run`].
    ///
    /// Dropping it ends the bridge: the event that is being emitted is dropped together with the
    /// futures of its async subscribers, which is logged.
    ///
    /// ```
    /// use events_core::{Event, Registry, bridge};
    /// use smol::future::zip;
    ///
    /// #[derive(Event)]
    /// struct Measured(i32);
    ///
    /// let registry = Registry::new();
    /// let _scope = registry.enter();
    /// let celsius = bridge(tokio_stream::iter([21, 22])).with(|degrees| Some(Measured(degrees))).run();
    /// let kelvin = bridge(tokio_stream::iter([295])).with(|degrees| Some(Measured(degrees - 273))).run();
    ///
    /// // Both run on this task, at the same time.
    /// let (celsius, kelvin) = smol::block_on(zip(celsius, kelvin));
    /// assert_eq!((celsius.emitted(), kelvin.emitted()), (2, 1));
    /// ```
    ///
    /// # Panics
    ///
    /// When it is polled again after it was ready.
    #[must_use = "futures do nothing unless awaited"]
    pub struct Run<S, W, K, C>
    where
        S: PollSource,
        C: Choose<S::Item>,
    {
        // The source, until the bridge is dropped.
        #[pin]
        source: Option<S>,
        // The event that is being emitted.
        #[pin]
        emit: Option<EmitOf<C, S::Item>>,
        // Like the source.
        mapping: Option<Mapping<W, K, C>>,
        registry: WeakRegistry,
        counts: Counts,
        // Shared with the guard, if there is one.
        lifecycle: Option<Arc<Lifecycle>>,
        has_ended: bool,
    }

    impl<S, W, K, C> PinnedDrop for Run<S, W, K, C>
    where
        S: PollSource,
        C: Choose<S::Item>,
    {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this;
            if !this.has_ended {
                let lifecycle = this.lifecycle.clone();
                let ended = this.as_mut().end(EndReason::Dropped);
                if let Some(lifecycle) = lifecycle {
                    lifecycle.store(ended);
                }
            }
            // Destructors that run here emit to the registry of the bridge, as in `step`.
            let registry = this.registry.upgrade();
            let _current = registry.as_ref().map(enter_for_handlers);
            let mut this = this.project();
            catch_drop::<EmitOf<C, S::Item>>(|| this.emit.set(None));
            catch_drop::<S>(|| this.source.set(None));
            *this.mapping = None;
        }
    }
}

impl<S: PollSource, W, K, C> Bridge<S, W, K, C> {
    /// Runs the bridge on the caller's task until the source ends, and returns the result. No runtime
    /// is needed.
    ///
    /// The events are emitted with [`emit_async`](crate::Event::emit_async), one after the other: the source
    /// is polled for the next item when the async subscribers have completed. Dropping the future ends
    /// the bridge: the event that is being emitted is dropped together with the futures of its async
    /// subscribers, which is logged.
    pub fn run(self) -> Run<S, W, K, C>
    where
        W: Whose<S::Item>,
        K: Keep<S::Item>,
        C: Choose<S::Item>,
    {
        Run::new(self, None)
    }
}

impl<S, W, K, C> Run<S, W, K, C>
where
    S: PollSource,
    C: Choose<S::Item>,
{
    pub(crate) fn new(bridge: Bridge<S, W, K, C>, lifecycle: Option<Arc<Lifecycle>>) -> Self {
        let Bridge {
            source,
            mapping,
            registry,
            ..
        } = bridge;
        Self {
            source: Some(source),
            emit: None,
            mapping: Some(mapping),
            registry,
            counts: Counts::default(),
            lifecycle,
            has_ended: false,
        }
    }

    fn end(self: Pin<&mut Self>, why: EndReason) -> Ended {
        let this = self.project();
        *this.has_ended = true;
        let ended = Ended {
            why,
            counts: *this.counts,
        };
        ended.log(topic(this.mapping));
        ended
    }

    /// Completes the emit in progress, then receives the next item and starts its emit; returns the
    /// reason if the bridge ends here.
    fn step(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<EndReason>>
    where
        W: Whose<S::Item>,
        K: Keep<S::Item>,
    {
        let mut this = self.project();
        if let Some(emit) = this.emit.as_mut().as_pin_mut() {
            // The emit keeps the registry alive. Between two emits nothing does.
            let registry = this.registry.upgrade();
            let _current = registry.as_ref().map(enter_for_handlers);
            ready!(emit.poll(context));
            this.emit.set(None);
            this.counts.emitted += 1;
        }
        let lifecycle = this.lifecycle.as_ref();
        if lifecycle.is_some_and(|lifecycle| lifecycle.poll_stop_requested(context.waker())) {
            return Poll::Ready(Some(EndReason::Stopped));
        }
        let Some(registry) = this.registry.upgrade() else {
            return Poll::Ready(Some(EndReason::RegistryGone));
        };
        let _current = enter_for_handlers(&registry);
        let (Some(source), Some(mapping)) = (this.source.as_pin_mut(), this.mapping.as_ref())
        else {
            return Poll::Ready(Some(EndReason::SourceEnded));
        };
        let item = match catch_panic(|| source.poll_item(context)) {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(None)) => return Poll::Ready(Some(EndReason::SourceEnded)),
            Ok(Poll::Ready(Some(item))) => item,
            Err(panic) => return Poll::Ready(Some(EndReason::Panicked(panic))),
        };
        this.counts.came += 1;
        let item = match item {
            Ok(item) => item,
            Err(error) => {
                this.counts.errors += 1;
                let topic = &*one_line(mapping.conversion.topic());
                catch_record(|| {
                    tracing::warn!(target: "events_core", topic, error, "the source of a bridge returned an error");
                });
                return Poll::Ready(None);
            }
        };
        match catch_panic(|| mapping.event(item)) {
            Ok(None) => this.counts.left_out += 1,
            Ok(Some((event, origin))) => {
                this.emit.set(Some(event.__emit_async(&registry, origin)));
            }
            Err(panic) => return Poll::Ready(Some(EndReason::Panicked(panic))),
        }
        Poll::Ready(None)
    }
}

impl<S, W, K, C> Future for Run<S, W, K, C>
where
    S: PollSource,
    W: Whose<S::Item>,
    K: Keep<S::Item>,
    C: Choose<S::Item>,
{
    type Output = Ended;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Ended> {
        assert!(!self.has_ended, "a bridge was polled after it was ready");
        for _ in 0..MAX_ITEMS_PER_POLL {
            if let Some(why) = ready!(self.as_mut().step(context)) {
                return Poll::Ready(self.end(why));
            }
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

impl<S, W, K, C> fmt::Debug for Run<S, W, K, C>
where
    S: PollSource,
    C: Choose<S::Item>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Run").field(&topic(&self.mapping)).finish()
    }
}

/// The topic of the events, for log records. There is a mapping until the bridge is dropped.
fn topic<W, K, C: Choose<T>, T>(mapping: &Option<Mapping<W, K, C>>) -> &str {
    let conversion = mapping.as_ref().map(|mapping| &mapping.conversion);
    conversion.map_or("", C::topic)
}
