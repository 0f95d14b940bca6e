//! Emitting on a registry: from an event and its type to the slot, and to who looks at it on the way. No
//! lock is taken.

use std::any::TypeId;

use super::{
    context::Site,
    dispatch::{self, Met},
};
use crate::{
    context::is_observed,
    event::{Family, Typed},
    handler::Erased,
    metadata::{EventInfo, Origin},
    plan::{Slot, home},
    registry::{Core, Way},
    result::{EmitError, Emitted, Told, Trouble},
};

impl Core {
    /// Emits on this registry.
    #[inline]
    pub(crate) fn emit<F: Family>(
        &self,
        event: &mut F::Of<'_>,
        origin: Option<&Origin>,
        site: Site,
    ) {
        if self.home {
            self.emit_home::<F>(event, origin, site);
        } else {
            let slot = self.slots.get(TypeId::of::<F>());
            self.emit_in::<F>(slot, event, origin, site);
        }
    }

    /// Emits on this registry, which is the default one: where the slot is, is known when this is
    /// compiled.
    #[inline(always)]
    pub(crate) fn emit_home<F: Family>(
        &self,
        event: &mut F::Of<'_>,
        origin: Option<&Origin>,
        site: Site,
    ) {
        let slot = match home::<F>() {
            Some(slot) => Some(slot),
            None => self.slots.get(TypeId::of::<F>()),
        };
        self.emit_in::<F>(slot, event, origin, site);
    }

    #[inline(always)]
    fn emit_in<F: Family>(
        &self,
        slot: Option<&Slot>,
        event: &mut F::Of<'_>,
        origin: Option<&Origin>,
        site: Site,
    ) {
        let lent = &mut *event;
        match dispatch::emit(slot, move || {
            (Erased::new::<F>(lent), self.sending::<F>(origin))
        }) {
            Met::Scanned => {}
            Met::Changed => self.look_for_scan(),
            Met::Nobody => self.emit_unheard::<F>(event, origin, site),
            Met::Refused => self.emit_observed::<F>(event, origin, site),
        }
    }

    /// Emits where no plan was found at a glance, or somebody looks at each emit.
    #[inline]
    fn emit_unheard<F: Family>(&self, event: &mut F::Of<'_>, origin: Option<&Origin>, site: Site) {
        if is_observed() || self.asks() {
            self.look_for_scan();
            self.emit_observed::<F>(event, origin, site);
        }
    }

    #[cold]
    #[inline(never)]
    fn emit_observed<F: Family>(&self, event: &mut F::Of<'_>, origin: Option<&Origin>, site: Site) {
        if self.keeps(event, origin, site, Way::Emit) {
            return;
        }
        let slot = self.slot_asked::<F>();
        let sending = self.sending::<F>(origin);
        let told = dispatch::emit_observed(slot, &mut Erased::new::<F>(event), sending);
        if told.is_some_and(|told| told.is_unheard()) {
            self.unheard().tell(&Typed { event, origin });
        }
    }

    /// Emits on this registry and tells what became of the event.
    pub(crate) fn try_emit<F: Family>(
        &self,
        event: &mut F::Of<'_>,
        origin: Option<&Origin>,
        site: Site,
    ) -> Outcome {
        self.look_for_scan();
        if self.keeps(event, origin, site, Way::Emit) {
            return Outcome::unheard(F::declared().info);
        }
        let slot = self.slot_asked::<F>();
        let sending = self.sending::<F>(origin);
        let (told, trouble) = dispatch::try_emit(slot, &mut Erased::new::<F>(event), sending);
        if trouble.is_none() && told.is_unheard() {
            self.unheard().tell(&Typed { event, origin });
        }
        Outcome {
            topic: F::declared().info.topic(),
            told,
            trouble,
        }
    }
}

/// What became of an emit, still without its event.
pub(crate) struct Outcome {
    topic: &'static str,
    told: Told,
    trouble: Option<Trouble>,
}

impl Outcome {
    /// Of an event that no subscriber was given.
    fn unheard(info: &'static EventInfo) -> Self {
        Self {
            topic: info.topic(),
            told: Told::default(),
            trouble: None,
        }
    }

    pub(crate) fn of<E>(self, event: E) -> Result<Emitted<E>, EmitError<E>> {
        let emitted = Emitted::new(event, self.told);
        match self.trouble {
            None => Ok(emitted),
            Some(trouble) => Err(EmitError::new(emitted, self.topic.into(), trouble)),
        }
    }
}
