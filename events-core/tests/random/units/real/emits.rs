//! The emits of a program.

use events_core::{
    EmitError, Emitted, Registry,
    explaining::{NotCalled, Verdict},
    units::{EmitInError, UnitHandle, WithUnit as _},
};

use super::{AtOnce, Committed, EmitFuture, Moved, Shared, Valued, shared_note, text_of};
use crate::units::{
    program::{Emit, Event, Kind, ORIGINS},
    trace::{Refused, Report},
};

/// Calls a function that is generic over the event.
macro_rules! by_kind {
    ($kind:expr, $function:ident($($argument:expr),*)) => {
        match $kind {
            Kind::AtOnce => $function::<AtOnce>($($argument),*),
            Kind::Moved => $function::<Moved>($($argument),*),
            Kind::Committed => $function::<Committed>($($argument),*),
        }
    };
}

impl Shared {
    pub(super) fn emit(&self, emit: Emit) {
        let unit = match emit.unit {
            None => None,
            Some(slot) => match self.handle(slot) {
                None => return self.left_out(),
                unit => unit,
            },
        };
        by_kind!(
            emit.event.kind,
            emit_sync(&self.registry, emit, unit.as_ref())
        );
    }

    pub(super) fn start(&self, slot: usize, emit: Emit) {
        let unit = emit.unit.map(|slot| self.handle(slot));
        if self.futures[slot].borrow().is_some() || unit == Some(None) {
            return self.left_out();
        }
        let unit = unit.flatten();
        let future = by_kind!(
            emit.event.kind,
            emit_async(&self.registry, emit, unit.as_ref())
        );
        self.futures[slot].replace(Some(future));
    }

    /// Makes a future that emits when it is polled, in a unit that is attached to it or in none.
    pub(super) fn attach(&self, slot: usize, emit: Emit, attached: Option<usize>) {
        let of_emit = emit.unit.map(|slot| self.handle(slot));
        let unit = attached.map(|slot| self.handle(slot));
        if self.futures[slot].borrow().is_some() || of_emit == Some(None) || unit == Some(None) {
            return self.left_out();
        }
        let (registry, of_emit) = (self.registry.clone(), of_emit.flatten());
        let future = async move {
            by_kind!(
                emit.event.kind,
                emit_async(&registry, emit, of_emit.as_ref())
            )
            .await;
        };
        let future: EmitFuture = match unit.flatten() {
            Some(unit) => Box::pin(future.with_unit(unit)),
            None => Box::pin(future.without_unit()),
        };
        self.futures[slot].replace(Some(future));
    }

    pub(super) fn explain(&self, event: Event) {
        let lines = by_kind!(event.kind, explain(&self.registry, event));
        self.note(|trace| trace.result("explained", lines));
    }

    pub(super) fn enqueue(&self, event: Event) {
        let is_queued = by_kind!(event.kind, enqueue(&self.registry, event));
        self.note(|trace| trace.result("enqueued", is_queued));
    }
}

fn explain<E: Valued>(registry: &Registry, event: Event) -> Vec<String> {
    let explanation = match event.origin {
        Some(origin) => registry.explain_from::<E, _>(ORIGINS[origin]),
        None => registry.explain::<E>(),
    };
    let own = explanation.subscribers().filter(|one| {
        let Verdict::NotCalled(why) = one.verdict() else {
            return true;
        };
        let is_of_others = matches!(
            why,
            NotCalled::OtherEvents(_)
                | NotCalled::OtherTopics(_)
                | NotCalled::NotScanned
                | NotCalled::ListenerNotAdded
        );
        !is_of_others
    });
    own.map(|one| {
        let text = one.to_string();
        let (_, verdict) = text.split_once("): ").expect("behind the location");
        format!("{}: {verdict}", one.subscriber().name)
    })
    .collect()
}

fn enqueue<E: Valued>(registry: &Registry, event: Event) -> bool {
    match event.origin {
        Some(origin) => registry
            .enqueue_from(E::new(event.value), ORIGINS[origin])
            .is_ok(),
        None => registry.enqueue(E::new(event.value)).is_ok(),
    }
}

fn emit_sync<E: Valued>(registry: &Registry, emit: Emit, unit: Option<&UnitHandle>) {
    let event = E::new(emit.event.value);
    let origin = emit.event.origin.map(|origin| ORIGINS[origin]);
    match (unit, emit.reports, origin) {
        (None, false, None) => note_event(&registry.emit(event)),
        (None, false, Some(origin)) => note_event(&registry.emit_from(event, origin)),
        (None, true, None) => note_result(&registry.try_emit(event)),
        (None, true, Some(origin)) => note_result(&registry.try_emit_from(event, origin)),
        (Some(unit), false, None) => {
            registry.emit_in(unit, event);
            note_emit_in(());
        }
        (Some(unit), false, Some(origin)) => {
            registry.emit_in_from(unit, event, origin);
            note_emit_in(());
        }
        (Some(unit), true, None) => note_in_unit(registry.try_emit_in(unit, event)),
        (Some(unit), true, Some(origin)) => {
            note_in_unit(registry.try_emit_in_from(unit, event, origin));
        }
    }
}

fn emit_async<E: Valued>(registry: &Registry, emit: Emit, unit: Option<&UnitHandle>) -> EmitFuture {
    let event = E::new(emit.event.value);
    let origin = emit.event.origin.map(|origin| ORIGINS[origin]);
    macro_rules! then {
        ($future:expr, $note:expr) => {{
            let future = $future;
            Box::pin(async move { $note(future.await) })
        }};
    }
    match (unit, emit.reports, origin) {
        (None, false, None) => then!(registry.emit_async(event), |event| note_event(&event)),
        (None, false, Some(origin)) => {
            then!(registry.emit_async_from(event, origin), |event| note_event(
                &event
            ))
        }
        (None, true, None) => then!(registry.try_emit_async(event), |result| note_result(
            &result
        )),
        (None, true, Some(origin)) => {
            then!(registry.try_emit_async_from(event, origin), |result| {
                note_result(&result);
            })
        }
        (Some(unit), false, None) => then!(registry.emit_in_async(unit, event), note_emit_in),
        (Some(unit), false, Some(origin)) => {
            then!(
                registry.emit_in_async_from(unit, event, origin),
                note_emit_in
            )
        }
        (Some(unit), true, None) => then!(registry.try_emit_in_async(unit, event), note_in_unit),
        (Some(unit), true, Some(origin)) => {
            then!(
                registry.try_emit_in_async_from(unit, event, origin),
                note_in_unit
            )
        }
    }
}

fn note_event<E: Valued>(event: &E) {
    let value = event.value();
    shared_note(|trace| trace.emitted(value));
}

fn note_result<E: Valued>(result: &Result<Emitted<E>, EmitError<E>>) {
    let (value, report) = match result {
        Ok(emitted) => (emitted.event().value(), of_emitted(emitted)),
        Err(error) => {
            let report = Report {
                ran: error.ran(),
                deferred: 0,
                is_stopped: error.stopped_by().is_some(),
                failures: error.failures().iter().map(text_of).collect(),
            };
            (error.event().value(), report)
        }
    };
    shared_note(|trace| trace.reported(Some(value), report));
}

fn of_emitted<E>(emitted: &Emitted<E>) -> Report {
    Report {
        ran: emitted.ran(),
        deferred: emitted.deferred(),
        is_stopped: emitted.stopped_by().is_some(),
        failures: Vec::new(),
    }
}

fn note_emit_in((): ()) {
    shared_note(|trace| trace.result("emitted in a unit", ()));
}

fn note_in_unit<E: Valued>(result: Result<Emitted<()>, EmitInError<E>>) {
    let error = match result {
        Ok(emitted) => {
            let report = of_emitted(&emitted);
            return shared_note(|trace| trace.reported(None, report));
        }
        Err(error) => error,
    };
    let why = match (error.ended(), error.undelivered()) {
        (Some(ended), _) if ended.is_committed() => Refused::Committed,
        (Some(_), _) => Refused::RolledBack,
        (None, Some(_)) => Refused::Undelivered,
        (None, None) => {
            let report = Report {
                failures: error.failures().iter().map(text_of).collect(),
                ..Report::default()
            };
            return shared_note(|trace| trace.reported(None, report));
        }
    };
    let value = error.into_event().map(|event| event.value());
    shared_note(|trace| trace.refused(value, why));
}
