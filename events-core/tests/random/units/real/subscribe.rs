//! Registering the handlers of a program.

use std::sync::Arc;

use events_core::{
    AnyEvent, Emission, Subscription,
    bounds::{Family, Snapshot},
    subscribing::NewSubscription,
};

use super::{
    AtOnce, Committed, Moved, Shared, Valued,
    calls::{self, Outcome},
};
use crate::units::program::{Handler, Kind, Mode, ORIGINS, Phase};

/// The number of an awaited handler, and the counter of closures.
type State = (usize, Arc<()>);

/// Sets the phase of a subscription whose events can be copied, if the handler has one.
macro_rules! with_phase {
    ($new:expr, $handler:expr) => {
        match $handler.phase {
            Some(Phase::AfterCommit) => $new.after_commit(),
            Some(Phase::AfterRollback) => $new.after_rollback(),
            Some(Phase::AtOnce) | None => $new,
        }
    };
}

macro_rules! at_once {
    ($new:expr, $handler:expr) => {
        match $handler.phase {
            Some(Phase::AtOnce) => $new.at_once(),
            _ => $new,
        }
    };
}

macro_rules! when {
    ($new:expr, $handler:expr, $event:ty) => {
        match $handler.is_even {
            Some(is_even) => $new.when(move |event: &$event| (event.value() % 2 == 0) == is_even),
            None => $new,
        }
    };
}

impl Shared {
    pub(super) fn subscribe(&self, handler: usize) {
        if self.held.borrow()[handler].is_some() {
            return self.left_out();
        }
        let subscription = match self.program.handlers[handler].kind {
            Some(Kind::AtOnce) => self.copied::<AtOnce>(handler),
            Some(Kind::Committed) => self.copied::<Committed>(handler),
            Some(Kind::Moved) => self.moved(handler),
            None => self.any(handler),
        };
        self.held.borrow_mut()[handler] = Some(subscription);
    }

    fn copied<E: Valued + Snapshot>(&self, number: usize) -> Subscription {
        let handler = &self.program.handlers[number];
        let closure = Arc::clone(&self.closures);
        match handler.mode {
            Mode::Sync => {
                let new = self
                    .registry
                    .subscribe(move |event: &mut E, emission: &Emission| {
                        let _ = &closure;
                        calls::sync(number, event, emission)
                    });
                let new = when!(new, handler, E);
                options(
                    at_once!(with_phase!(new, handler), handler),
                    handler,
                    number,
                )
            }
            Mode::Awaited => {
                let state = (number, closure);
                let new = self.registry.subscribe_awaited_with(state, awaited::<E>);
                let new = when!(new, handler, E);
                options(
                    at_once!(with_phase!(new, handler), handler),
                    handler,
                    number,
                )
            }
            Mode::Async => {
                let new = self
                    .registry
                    .subscribe_async(move |event: &E, emission: &Emission| {
                        let _ = &closure;
                        calls::asynchronous(number, event, emission)
                    });
                options(
                    with_phase!(when!(new, handler, E), handler),
                    handler,
                    number,
                )
            }
            Mode::Deferred => {
                let new =
                    self.registry
                        .subscribe_deferred(move |event: &E, emission: &Emission| {
                            let _ = &closure;
                            calls::deferred(number, event, emission)
                        });
                options(
                    with_phase!(when!(new, handler, E), handler),
                    handler,
                    number,
                )
            }
        }
    }

    fn moved(&self, number: usize) -> Subscription {
        let handler = &self.program.handlers[number];
        let closure = Arc::clone(&self.closures);
        if handler.mode == Mode::Awaited {
            let state = (number, closure);
            let new = self
                .registry
                .subscribe_awaited_with(state, awaited::<Moved>);
            return options(
                at_once!(when!(new, handler, Moved), handler),
                handler,
                number,
            );
        }
        let new = self
            .registry
            .subscribe(move |event: &mut Moved, emission: &Emission| {
                let _ = &closure;
                calls::sync(number, event, emission)
            });
        options(
            at_once!(when!(new, handler, Moved), handler),
            handler,
            number,
        )
    }

    fn any(&self, number: usize) -> Subscription {
        let handler = &self.program.handlers[number];
        let closure = Arc::clone(&self.closures);
        let new = self.registry.subscribe_topic(
            "units::.*",
            move |event: &dyn AnyEvent, emission: &Emission| {
                let _ = &closure;
                calls::any(number, event, emission)
            },
        );
        let mut new = new.expect("it is a pattern");
        if let Some(is_even) = handler.is_even {
            new = new.when(move |event: &dyn AnyEvent| {
                let value = event.arg::<i64>("value").copied();
                value.is_some_and(|value| (value % 2 == 0) == is_even)
            });
        }
        options(
            at_once!(with_phase!(new, handler), handler),
            handler,
            number,
        )
    }
}

async fn awaited<E: Valued>(event: &mut E, state: &State, emission: &Emission) -> Outcome {
    calls::awaited(state.0, event, emission).await
}

/// The options that all kinds of subscriptions have.
fn options<F: Family, T>(
    mut new: NewSubscription<F, T>,
    handler: &Handler,
    number: usize,
) -> Subscription {
    new = new.priority(handler.priority).id(format!("h{number}"));
    if let Some(origin) = handler.origin {
        new = new.origin(ORIGINS[origin]);
    }
    if handler.once {
        new = new.once();
    }
    new.register().expect("the options are valid")
}
