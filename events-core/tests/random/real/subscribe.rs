//! Registering the handlers of a program.

use std::sync::Arc;

use events_core::{
    AnyEvent, Emission, EventCopy, Subscription,
    bounds::{Family, Snapshot},
    subscribers,
    subscribing::{BackgroundKind, NewSubscription, SubscribeError},
};

use super::{
    PATTERNS, Shared,
    calls::{self, Outcome, RETRY},
    declared::{
        ScriptedListener, declared_0, declared_1, declared_2, declared_3, declared_4, declared_5,
        declared_6, declared_7, declared_8, declared_9, declared_10,
    },
    events::{A, B, C, D, Owned, Value},
};
use crate::program::{Handler, Kind, Name, ORIGINS, Phase, Registered, Target, methods_of};

fn kind_of(result: Result<Subscription, SubscribeError>) -> (Registered, Option<Subscription>) {
    match result {
        Ok(subscription) => (Registered::Ok, Some(subscription)),
        Err(SubscribeError::IdTaken { .. }) => (Registered::IdTaken, None),
        Err(SubscribeError::UnknownTarget { .. }) => (Registered::UnknownTarget, None),
        Err(SubscribeError::Cycle { .. } | SubscribeError::Unawaited { .. }) => {
            (Registered::Order, None)
        }
        Err(error) => panic!("{error}"),
    }
}

/// The number of an awaited handler, and the counter of closures.
type State = (usize, Arc<()>);

/// Does something with a subscription that is prepared, whatever its event is.
trait With {
    type Output;

    fn with<F: Family, T>(self, new: NewSubscription<F, T>) -> Self::Output;
}

struct Register;

impl With for Register {
    type Output = Result<Subscription, SubscribeError>;

    fn with<F: Family, T>(self, new: NewSubscription<F, T>) -> Self::Output {
        new.register()
    }
}

impl With for &mut events_core::subscribing::Batch {
    type Output = ();

    fn with<F: Family, T>(self, new: NewSubscription<F, T>) {
        self.add(new);
    }
}

impl Shared {
    pub(super) fn subscribe(&self, handler: usize, detach: bool) {
        if self.held.borrow()[handler].is_some() {
            return self.note(crate::trace::Trace::left_out);
        }
        let (registered, subscription) = kind_of(self.prepared(handler, Register));
        match subscription {
            Some(subscription) if detach => subscription.detach(),
            subscription => self.held.borrow_mut()[handler] = subscription,
        }
        self.note(|trace| trace.registered(registered));
    }

    pub(super) fn batch(&self, slot: usize, handlers: &[usize], between: Option<usize>) {
        if self.batches.borrow()[slot].is_some() {
            return self.note(crate::trace::Trace::left_out);
        }
        let mut batch = self.registry.batch();
        for handler in handlers {
            self.prepared(*handler, &mut batch);
        }
        if let Some(between) = between {
            let (registered, subscription) = kind_of(self.prepared(between, Register));
            subscription.into_iter().for_each(Subscription::detach);
            self.note(|trace| trace.registered(registered));
        }
        let (registered, subscription) = kind_of(batch.register());
        self.batches.borrow_mut()[slot] = subscription;
        self.note(|trace| trace.registered(registered));
    }

    pub(super) fn listen(&self, listener: usize) {
        if self.listeners.borrow()[listener].is_some() {
            return self.note(crate::trace::Trace::left_out);
        }
        let first = methods_of(listener).start;
        let (registered, subscription) = kind_of(self.registry.try_add(ScriptedListener { first }));
        self.listeners.borrow_mut()[listener] = subscription;
        self.note(|trace| trace.registered(registered));
    }

    pub(super) fn scan(&self, declared: &[usize]) {
        let mut scanner = self.registry.scanner().subscribers(subscribers![]);
        for one in declared {
            scanner = scanner.subscribers(match one {
                0 => subscribers![declared_0],
                1 => subscribers![declared_1],
                2 => subscribers![declared_2],
                3 => subscribers![declared_3],
                4 => subscribers![declared_4],
                5 => subscribers![declared_5],
                6 => subscribers![declared_6],
                7 => subscribers![declared_7],
                8 => subscribers![declared_8],
                9 => subscribers![declared_9],
                _ => subscribers![declared_10],
            });
        }
        let fits = scanner.try_run().is_ok();
        self.note(|trace| trace.scanned(fits));
    }

    /// A subscription of a handler, with all its options.
    fn prepared<W: With>(&self, number: usize, with: W) -> W::Output {
        let handler = &self.program.handlers[number];
        let Target::Exact(kinds) = &handler.target else {
            return self.by_pattern(number, with);
        };
        match (kinds[0], handler.phase) {
            (Kind::A, _) if handler.is_awaited() => self.awaited::<A, _>(number, with),
            (Kind::B, _) if handler.is_awaited() => self.awaited::<B, _>(number, with),
            (Kind::C, _) if handler.is_awaited() => self.awaited::<C, _>(number, with),
            (Kind::D, _) if handler.is_awaited() => self.borrowed_awaited(number, with),
            (Kind::A, Phase::Sync) => self.sync::<A, _>(number, with),
            (Kind::B, Phase::Sync) => self.sync::<B, _>(number, with),
            (Kind::C, _) => self.sync::<C, _>(number, with),
            (Kind::D, _) => self.borrowed(number, with),
            (Kind::A, _) => self.background::<A, _>(number, with),
            (Kind::B, _) => self.background::<B, _>(number, with),
            (Kind::Named(_), _) => panic!("it has no exact subscribers"),
        }
    }

    fn sync<E: Owned, W: With>(&self, number: usize, with: W) -> W::Output {
        let handler = &self.program.handlers[number];
        let closure = Arc::clone(&self.closures);
        let mut new = self
            .registry
            .subscribe(move |event: &mut E, emission: &Emission| {
                let _ = &closure;
                calls::sync(number, event.value_mut(), emission)
            });
        if let Some(when) = handler.when {
            new = new.when(move |event: &E| when.holds(event.value()));
        }
        with.with(options(new, handler))
    }

    fn borrowed<W: With>(&self, number: usize, with: W) -> W::Output {
        let handler = &self.program.handlers[number];
        let closure = Arc::clone(&self.closures);
        let mut new = self
            .registry
            .subscribe_borrowed::<D<'_>>(move |event: &mut D<'_>| {
                let _ = &closure;
                calls::borrowed(number, event.value);
            });
        if let Some(when) = handler.when {
            new = new.when(move |event: &D<'_>| when.holds(event.value()));
        }
        with.with(options(new, handler))
    }

    fn awaited<E: Owned, W: With>(&self, number: usize, with: W) -> W::Output {
        async fn call<E: Owned>(event: &mut E, state: &State, emission: &Emission) -> Outcome {
            calls::in_place(state.0, event.value_mut(), Some(emission)).await
        }
        let handler = &self.program.handlers[number];
        let state = (number, Arc::clone(&self.closures));
        let mut new = self.registry.subscribe_awaited_with(state, call::<E>);
        if let Some(when) = handler.when {
            new = new.when(move |event: &E| when.holds(event.value()));
        }
        with.with(options(new, handler))
    }

    fn borrowed_awaited<W: With>(&self, number: usize, with: W) -> W::Output {
        async fn call(event: &mut D<'_>, state: &State) -> Outcome {
            calls::in_place(state.0, event.value, None).await
        }
        let handler = &self.program.handlers[number];
        let state = (number, Arc::clone(&self.closures));
        let registry = &self.registry;
        let mut new = registry.subscribe_awaited_borrowed_with::<D<'_>, _, _>(state, call);
        if let Some(when) = handler.when {
            new = new.when(move |event: &D<'_>| when.holds(event.value()));
        }
        with.with(options(new, handler))
    }

    fn background<E: Owned + Snapshot, W: With>(&self, number: usize, with: W) -> W::Output {
        let handler = &self.program.handlers[number];
        let closure = Arc::clone(&self.closures);
        let mut new = if handler.is_async {
            let new = self
                .registry
                .subscribe_async(move |event: &E, emission: &Emission| {
                    let _ = &closure;
                    calls::asynchronous(number, event.value(), emission)
                });
            if handler.phase == Phase::Deferred {
                new.deferred()
            } else {
                new
            }
        } else {
            self.registry
                .subscribe_deferred(move |event: &E, emission: &Emission| {
                    let _ = &closure;
                    calls::deferred(number, event.value(), emission)
                })
        };
        if let Some(when) = handler.when {
            new = new.when(move |event: &E| when.holds(event.value()));
        }
        if let Some(limit) = handler.concurrency {
            new = NewSubscription::<E, BackgroundKind>::concurrency(new, limit);
        }
        if handler.retries > 0 {
            let retry = RETRY.max_retries(handler.retries);
            new = NewSubscription::<E, BackgroundKind>::retry(new, retry);
        }
        with.with(options(new, handler))
    }

    fn by_pattern<W: With>(&self, number: usize, with: W) -> W::Output {
        let handler = &self.program.handlers[number];
        let Target::Pattern(pattern) = handler.target else {
            panic!("the target is a pattern");
        };
        if handler.phase != Phase::Sync {
            return self.background_by_pattern(number, PATTERNS[pattern], with);
        }
        let closure = Arc::clone(&self.closures);
        let new = self.registry.subscribe_topic(
            PATTERNS[pattern],
            move |event: &dyn AnyEvent, emission: &Emission| {
                let _ = &closure;
                calls::any(number, event, emission)
            },
        );
        let mut new = new.expect("it is a pattern");
        if let Some(when) = handler.when {
            new = new.when(move |event: &dyn AnyEvent| {
                when.holds(event.arg::<i64>("value").copied().unwrap_or(0))
            });
        }
        with.with(options(new, handler))
    }

    fn background_by_pattern<W: With>(&self, number: usize, pattern: &str, with: W) -> W::Output {
        let handler = &self.program.handlers[number];
        let closure = Arc::clone(&self.closures);
        let registry = &self.registry;
        let new = if handler.is_async {
            let call = move |event: &EventCopy, emission: &Emission| {
                let _ = &closure;
                calls::asynchronous(number, calls::value_of(event), emission)
            };
            registry.subscribe_topic_async(pattern, call)
        } else {
            let call = move |event: &EventCopy, emission: &Emission| {
                let _ = &closure;
                calls::deferred(number, calls::value_of(event), emission)
            };
            registry.subscribe_topic_deferred(pattern, call)
        };
        let mut new = new.expect("it is a pattern");
        if handler.is_async && handler.phase == Phase::Deferred {
            new = new.deferred();
        }
        if let Some(when) = handler.when {
            new = new.when(move |event: &dyn AnyEvent| {
                when.holds(event.arg::<i64>("value").copied().unwrap_or(0))
            });
        }
        if let Some(limit) = handler.concurrency {
            new = new.concurrency(limit);
        }
        if handler.retries > 0 {
            new = new.retry(RETRY.max_retries(handler.retries));
        }
        with.with(options(new, handler))
    }
}

/// The options that all kinds of subscriptions have.
fn options<F: Family, T>(
    mut new: NewSubscription<F, T>,
    handler: &Handler,
) -> NewSubscription<F, T> {
    new = new.priority(handler.priority);
    if let Some(id) = handler.id {
        new = new.id(format!("id {id}"));
    }
    if let Some(origin) = handler.origin {
        new = new.origin(ORIGINS[origin]);
    }
    if handler.once {
        new = new.once();
    }
    macro_rules! ordered {
        ($names:ident => $method:ident) => {
            for name in &handler.$names {
                new = match name {
                    Name::Id(id) => new.$method(format!("id {id}")),
                    Name::Declared(0) => new.$method(declared_0),
                    Name::Declared(1) => new.$method(declared_1),
                    Name::Declared(2) => new.$method(declared_2),
                    Name::Declared(3) => new.$method(declared_3),
                    Name::Declared(4) => new.$method(declared_4),
                    Name::Declared(5) => new.$method(declared_5),
                    Name::Declared(6) => new.$method(declared_6),
                    Name::Declared(7) => new.$method(declared_7),
                    Name::Declared(8) => new.$method(declared_8),
                    Name::Declared(9) => new.$method(declared_9),
                    Name::Declared(_) => new.$method(declared_10),
                    Name::Method(0) => new.$method(ScriptedListener::method_0),
                    Name::Method(1) => new.$method(ScriptedListener::method_1),
                    Name::Method(2) => new.$method(ScriptedListener::method_2),
                    Name::Method(3) => new.$method(ScriptedListener::method_3),
                    Name::Method(4) => new.$method(ScriptedListener::method_4),
                    Name::Method(_) => new.$method(ScriptedListener::method_5),
                };
            }
        };
    }
    if handler.if_present {
        ordered!(before => before_if_present);
        ordered!(after => after_if_present);
    } else {
        ordered!(before => before);
        ordered!(after => after);
    }
    new
}
