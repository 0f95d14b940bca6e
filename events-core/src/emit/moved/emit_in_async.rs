//! Async emits in a unit of work, with its handle: futures that run the subscribers which run at once, and then move the event
//! into the unit.

use std::{
    fmt,
    future::Future,
    mem,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use super::{
    moved_event::{EmitScope, log_refused},
    unit_event::UnitEvent,
};
use crate::{
    background::HeldEvent,
    context::{EmitTime, ValuesByType, give},
    emit::{
        async_emission::AsyncEmission,
        context::CallSite,
        given::values_in_unit,
        unit::{EmitInError, EmitInErrorKind, Hold, Later, PlanSource},
    },
    event::OwnedEvent,
    metadata::Origin,
    plan::EventType,
    primitives::drop_catching,
    registry::{Registry, enter_for_handlers},
    result::{EmitError, EmitErrorKind, Emitted, Outcomes},
    unit::{Placed, UnitHandle},
};

pin_project_lite::pin_project! {
    /// The future of [`emit_in_async`](crate::Registry::emit_in_async). Failures are logged.
    ///
    /// Nothing happens before the first poll. Dropped before it is ready, it leaves nothing in the unit: the subscribers that
    /// run after the commit do not receive the event.
    ///
    /// ```
    /// use events_core::{Event, Registry, UnitOfWork, units::EmitInAsync};
    ///
    /// #[derive(Event)]
    /// struct Price(u64);
    ///
    /// let registry = Registry::new();
    /// registry.on_awaited(async |price: &mut Price| price.0 += 19).detach();
    ///
    /// let work = UnitOfWork::begin();
    /// let emit: EmitInAsync<Price> = registry.emit_in_async(&work.handle(), Price(100));
    /// smol::block_on(emit);
    /// work.commit()?;
    /// # Ok::<(), events_core::units::CommitError>(())
    /// ```
    #[must_use = "futures do nothing unless awaited"]
    pub struct EmitInAsync<E: OwnedEvent> {
        #[pin]
        emit: EmitMoved<E>,
    }
}

pin_project_lite::pin_project! {
    /// The future of [`try_emit_in_async`](crate::Registry::try_emit_in_async); see [`EmitInAsync`].
    ///
    /// ```
    /// use events_core::{Event, Registry, UnitOfWork, units::TryEmitInAsync};
    ///
    /// #[derive(Event)]
    /// struct Price(u64);
    ///
    /// let registry = Registry::new();
    /// registry.on_awaited(async |_: &mut Price| Err::<(), _>("no tax rate")).detach();
    ///
    /// let work = UnitOfWork::begin();
    /// let emit: TryEmitInAsync<Price> = registry.try_emit_in_async(&work.handle(), Price(100));
    /// let error = smol::block_on(emit).unwrap_err();
    /// assert_eq!(error.failures()[0].error().unwrap().to_string(), "no tax rate");
    /// work.rollback();
    /// ```
    #[must_use = "futures do nothing unless awaited"]
    pub struct TryEmitInAsync<E: OwnedEvent> {
        #[pin]
        emit: EmitMoved<E>,
    }
}

pin_project_lite::pin_project! {
    /// The emission, and what it has in the unit.
    struct EmitMoved<E: OwnedEvent> {
        #[pin]
        emission: AsyncEmission<E>,
        unit: UnitHandle,
        // Those for the parameters of the subscribers. From the first poll on the unit is among them, if it is open.
        values: Option<Arc<ValuesByType>>,
        outcomes: Outcomes,
        stage: MoveState,
    }
}

/// How far an emit is.
enum MoveState {
    New,
    /// It has begun: what it has in the unit, and its time if something records that.
    Reserved(Box<Hold>, Option<EmitTime>),
    /// The unit was committed before, and runs what it held: the emit is one without a unit.
    Committed,
    Ready,
}

impl MoveState {
    /// Takes a place in the unit, and reserves room in the queue. Also returns how many subscribers run after the commit.
    fn begin(
        unit: &UnitHandle,
        registry: &Registry,
        event_type: EventType,
    ) -> Result<(Self, u32), EmitInErrorKind> {
        let place = match unit.open_place().map_err(EmitInErrorKind::Ended)? {
            Placed::At(place) => place,
            Placed::Committed => return Ok((Self::Committed, 0)),
        };
        let core = registry.core();
        let source = core.slot_of(event_type).map(PlanSource::Slot);
        let later = source.map_or_else(Later::default, PlanSource::later);
        let hold = Hold::reserve(Some(place), registry, later.places)
            .map_err(EmitInErrorKind::Undelivered)?;
        let time = core.may_take_emission().then(EmitTime::now);
        Ok((Self::Reserved(Box::new(hold), time), later.after_commit))
    }
}

impl<E: UnitEvent> EmitMoved<E> {
    fn new(
        (registry, unit, values): EmitScope<'_>,
        event: E,
        origin: Option<Origin>,
        site: CallSite,
    ) -> Self {
        Self {
            emission: AsyncEmission::in_unit(registry.clone(), unit, event, origin, site),
            unit: unit.clone(),
            values: values.cloned(),
            outcomes: Outcomes::OF_ASYNC_EMIT,
            stage: MoveState::New,
        }
    }

    fn poll(
        self: Pin<&mut Self>,
        context: &Context<'_>,
    ) -> Poll<Result<Emitted<()>, EmitInError<E>>> {
        let mut this = self.project();
        if matches!(this.stage, MoveState::New) {
            let begun = MoveState::begin(this.unit, this.emission.registry(), EventType::of::<E>());
            match begun {
                Ok((stage, later)) => {
                    *this.stage = stage;
                    this.emission.as_mut().set_later(later);
                }
                Err(why) => {
                    *this.stage = MoveState::Ready;
                    let event = this.emission.take();
                    return Poll::Ready(Err(EmitInError::new(E::topic(), event, why)));
                }
            }
            if matches!(this.stage, MoveState::Committed) {
                this.emission.as_mut().leave_unit();
            } else {
                *this.values = Some(values_in_unit(this.unit, this.values.as_ref()));
            }
        }
        let given = this.values.as_ref().map(|values| give(values, E::topic()));
        let result = ready!(
            this.emission
                .as_mut()
                .poll_result(context.waker(), this.outcomes)
        );
        drop(given);
        let mut event = None;
        let result = match result {
            Ok(emitted) => Ok(emitted.map(|moved| event = Some(moved))),
            Err(error) => {
                let topic = E::topic().into();
                let (emitted, kind) = error.into_parts();
                let emitted = emitted.map(|moved| event = Some(moved));
                match kind {
                    EmitErrorKind::TooDeep(why) => {
                        *this.stage = MoveState::Ready;
                        let why = EmitInErrorKind::TooDeep(why);
                        return Poll::Ready(Err(EmitInError::new(E::topic(), event, why)));
                    }
                    kind => Err(EmitError::new(emitted, topic, kind)),
                }
            }
        };
        let stage = mem::replace(this.stage, MoveState::Ready);
        let emission = this.emission.as_ref();
        let is_stopped = match &result {
            Ok(emitted) => emitted.stopped_by().is_some(),
            Err(error) => error.stopped_by().is_some(),
        };
        let is_received = result.is_err() || emission.was_received_at_once();
        let is_stopped = is_stopped || !emission.may_move();
        if let MoveState::Reserved(hold, time) = stage
            && let Some(event) = event.take()
        {
            if is_stopped {
                drop(hold);
                drop_catching(event);
            } else {
                let event_type = EventType::of::<E>();
                let EventType { view, lend, .. } = event_type;
                let event = HeldEvent::new(Box::new(event), view, lend);
                let mut state = emission.state();
                state.time = state.time.or(time);
                let about = (None, emission.origin().cloned(), state.with_id());
                if let Err(ended) = hold.fill(event, event_type, about, is_received) {
                    if let Err(error) = result {
                        // The caller receives that the unit has ended.
                        let about = (emission.origin(), emission.site());
                        let failed = EmitInErrorKind::Failed(Box::new(error));
                        log_refused(emission.registry(), event_type, about, failed);
                    }
                    let why = EmitInErrorKind::EndedInEmit(ended);
                    return Poll::Ready(Err(EmitInError::new(E::topic(), None, why)));
                }
            }
        }
        drop_catching(event);
        Poll::Ready(match result {
            Ok(emitted) => Ok(emitted),
            Err(error) => Err(EmitInError::new(
                E::topic(),
                None,
                EmitInErrorKind::Failed(Box::new(error)),
            )),
        })
    }
}

impl<E: UnitEvent> EmitInAsync<E> {
    pub(super) fn new(
        scope: EmitScope<'_>,
        event: E,
        origin: Option<Origin>,
        site: CallSite,
    ) -> Self {
        Self {
            emit: EmitMoved::new(scope, event, origin, site),
        }
    }
}

impl<E: UnitEvent> TryEmitInAsync<E> {
    pub(super) fn new(
        scope: EmitScope<'_>,
        event: E,
        origin: Option<Origin>,
        site: CallSite,
    ) -> Self {
        Self {
            emit: EmitMoved::new(scope, event, origin, site),
        }
    }
}

impl<E: UnitEvent> Future for EmitInAsync<E> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut emit = self.project().emit;
        if let Err(error) = ready!(emit.as_mut().poll(context)) {
            let emit = emit.as_ref().project_ref();
            let (emission, unit) = (emit.emission, emit.unit);
            let _current = enter_for_handlers(emission.registry());
            let _in_unit = unit.is_open().then(|| unit.enter());
            let about = (emission.origin(), emission.site());
            let (event, why) = error.into_parts();
            log_refused(emission.registry(), EventType::of::<E>(), about, why);
            drop_catching(event);
        }
        Poll::Ready(())
    }
}

impl<E: UnitEvent> Future for TryEmitInAsync<E> {
    type Output = Result<Emitted<()>, EmitInError<E>>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.project().emit.poll(context)
    }
}

impl<E: OwnedEvent> fmt::Debug for EmitInAsync<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmitInAsync").finish_non_exhaustive()
    }
}

impl<E: OwnedEvent> fmt::Debug for TryEmitInAsync<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TryEmitInAsync").finish_non_exhaustive()
    }
}
