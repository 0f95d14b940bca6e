//! What an installer does for the parameters of a subscriber, and for its events in a unit of work.

use std::any::type_name;

use super::installer::{EventSelector, InstallError, Installer, Subscriber};
use crate::{
    context::OwnSubscription,
    event::{HeldCopy, register_clone_fn},
    handler::{Param, Prepare, PrepareError, PrepareErrorKind},
    metadata::UnitPhase,
    primitives::drop_catching,
    result::error_text,
};

impl<'i> Installer<'i> {
    /// Prepares a parameter, or records why it cannot be prepared.
    pub fn prepare<P: Param>(&mut self) -> Option<P::Kept> {
        if P::NEEDS_CALL {
            self.takes_emission = true;
            if self.added.is_some() {
                self.own.take();
            }
        }
        let prepare = self.registration_of_param();
        let prepared = P::prepare(&prepare);
        let (marks, needs) = prepare.into_notes();
        self.marks.extend(marks);
        for need in needs {
            if self.needs.split_terminator('\0').all(|known| known != need) {
                self.needs.extend([need, "\0"]);
            }
        }
        prepared
            .map_err(|error| self.record(type_name::<P>(), error))
            .ok()
    }

    fn registration_of_param(&self) -> Prepare<'i> {
        let Subscriber {
            name,
            location,
            options,
            ..
        } = self.subscriber;
        let is_later = options.asynchronous || options.deferred || self.may_wait_for_unit();
        let may_run_later = is_later && self.durable.is_none();
        Prepare::new(self.states, name, *location, may_run_later).with_durable(self.durable)
    }

    /// Whether it may wait for the end of a unit of work: its option says so or, without one, an event type that it
    /// receives.
    fn may_wait_for_unit(&self) -> bool {
        match (self.subscriber.options.unit_phase, self.subscriber.selector) {
            (Some(phase), _) => phase != UnitPhase::AtOnce,
            (None, EventSelector::Events(events)) => {
                events.iter().any(|event| event().1.is_after_commit())
            }
            (None, EventSelector::Topic(_)) => false,
        }
    }

    /// Records that a parameter of this type cannot be prepared.
    fn record(&mut self, type_name: &'static str, error: PrepareError) {
        self.errors.push(match error.0 {
            PrepareErrorKind::MissingState(missing) => InstallError::MissingState(missing),
            PrepareErrorKind::Other(error) => {
                let text = error_text(error.as_ref());
                drop_catching(error);
                InstallError::Param {
                    type_name,
                    error: text,
                }
            }
        });
    }

    /// The handle on the subscription, for the emissions of the handler. To be called after its parameters are prepared.
    #[must_use]
    pub fn own(&self) -> OwnSubscription {
        self.own.clone()
    }

    /// Registers how an event is copied, for a handler that runs when a unit of work has ended.
    pub fn hold<E: HeldCopy>(&self) {
        register_clone_fn::<E>();
    }
}
