//! Descriptions of subscribers as texts: their kind, and the formats `Debug` and `Display`.

use std::{borrow::Cow, fmt};

use super::subscriber_info::SubscriberInfo;
use crate::{
    metadata::{info::EventInfo, unit_phase::UnitPhase},
    primitives::one_line,
};

impl SubscriberInfo {
    /// Its kind, as the report of a scan shows it: `sync`, `awaited`, `async`, `deferred` or `async deferred`. After `sync`
    /// follows `mut` if the handler takes the event by `&mut`, and after each `once` if it runs at most once. That of one
    /// that receives events from a store is `durable`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        if self.durable.is_some() {
            return "durable";
        }
        if self.awaited {
            return if self.once { "awaited once" } else { "awaited" };
        }
        let (repeated, once) = match (self.asynchronous, self.deferred, self.changes) {
            (false, false, false) => ("sync", "sync once"),
            (false, false, true) => ("sync mut", "sync mut once"),
            (true, false, _) => ("async", "async once"),
            (false, true, _) => ("deferred", "deferred once"),
            (true, true, _) => ("async deferred", "async deferred once"),
        };
        if self.once { once } else { repeated }
    }

    /// When it runs in a unit of work, if that is not what its kind says: a sync or awaited one not at once, one that runs
    /// later not after the commit. Of an event that is not known, the option says when.
    pub(crate) fn own_unit_phase(&self, event: Option<&EventInfo>) -> Option<UnitPhase> {
        if self.durable.is_some() {
            return None;
        }
        let phase = match event {
            Some(event) => self.unit_phase_for(event),
            None => self.unit_phase?,
        };
        let is_usual = match phase {
            UnitPhase::AtOnce => true,
            UnitPhase::AfterCommit => self.runs_later(),
            UnitPhase::AfterRollback => false,
        };
        (!is_usual).then_some(phase)
    }

    /// Its kind, and behind it the phase of a unit of work, if the kind does not say it, or the id in the database.
    pub(crate) fn kind_and_phase(&self, event: Option<&EventInfo>) -> Cow<'static, str> {
        if let Some(id) = self.durable {
            return format!("durable \"{}\"", one_line(id)).into();
        }
        match self.own_unit_phase(event) {
            None => self.kind().into(),
            Some(phase) => format!("{} {phase}", self.kind()).into(),
        }
    }
}

impl fmt::Debug for SubscriberInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            topic,
            pattern,
            name,
            module,
            location,
            priority,
            origin,
            changes,
            once,
            awaited,
            asynchronous,
            deferred,
            concurrency,
            optional,
            unit_phase,
            takes_emission: _,
            timeout,
            retry,
            debounce,
            per_key,
            delay,
            conditional,
            durable,
            permit: _,
            ended: _,
            marks: _,
            needs: _,
            is_middleware: _,
            is_store: _,
        } = self;
        f.debug_struct("SubscriberInfo")
            .field("topic", &format_args!("\"{}\"", one_line(topic)))
            .field("pattern", pattern)
            .field("name", name)
            .field("module", module)
            .field("location", location)
            .field("priority", priority)
            .field("origin", origin)
            .field("changes", changes)
            .field("once", once)
            .field("awaited", awaited)
            .field("asynchronous", asynchronous)
            .field("deferred", deferred)
            .field("concurrency", concurrency)
            .field("optional", optional)
            .field("unit_phase", unit_phase)
            .field("timeout", timeout)
            .field("retry", retry)
            .field("debounce", debounce)
            .field("per_key", per_key)
            .field("delay", delay)
            .field("conditional", conditional)
            .field("durable", durable)
            .finish()
    }
}

impl fmt::Display for SubscriberInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", one_line(&self.name), self.location)
    }
}
