//! What an explanation says about the registry as a whole.

use super::{
    collect::Collected,
    verdict::{NotCalled, Verdict},
};
use crate::{
    metadata::SubscriberInfo, primitives::Plural, queue::START_WORKER, registry::Core,
    subscribe::OTHER_COPY,
};

/// The notes, each a line.
pub(super) fn notes(core: &Core, collected: &Collected) -> Vec<String> {
    let mut notes = Vec::new();
    if core.is_of_another_copy() {
        notes.push(OTHER_COPY.to_owned());
    }
    if core.is_intercepted() {
        notes.push(
            "a mock receives each event of this registry first, and may withhold it from all subscribers".to_owned(),
        );
    }
    if core.policy().has_middleware() {
        notes.push(
            "middleware stands around the calls or the emissions of this registry, and may keep the event from a \
             subscriber; `outcomes()` of a `try_emit` shows what became of each"
                .to_owned(),
        );
    }
    let called: Vec<_> = collected.own.iter().filter(|one| one.is_called()).collect();
    if called.is_empty() && core.has_unheard_hook() {
        notes.push("the hook for events that no subscriber received is called with it".to_owned());
    }
    let not_scanned = Verdict::NotCalled(NotCalled::NotScanned);
    let lacks_scan = collected
        .missing
        .iter()
        .any(|one| *one.verdict() == not_scanned);
    if lacks_scan && !core.has_any_installed() {
        let scan = if core.is_default {
            "call events_core::scan() first thing in main"
        } else {
            "call registry.scan(), or register them with Registry::with(subscribers![..])"
        };
        notes.push(format!(
            "no scan has registered the linked subscribers; {scan}"
        ));
    }
    let count = |counts: fn(&SubscriberInfo) -> bool| {
        called.iter().filter(|one| counts(one.subscriber())).count()
    };
    let awaited = count(|one| one.awaited);
    if awaited > 0 {
        notes.push(format!(
            "`emit` and `try_emit` do not call the {} that {} awaited; use `emit_async`, or `enqueue`",
            Plural(awaited, "subscriber"),
            if awaited == 1 { "is" } else { "are" },
        ));
    }
    let with_needs = count(|one| one.needs().next().is_some());
    if with_needs > 0 {
        notes.push(format!(
            "{} {} what not every emit gives, which the verdict names; an emit without it does not call the subscriber, which \
             is a failure",
            Plural(with_needs, "subscriber"),
            if with_needs == 1 { "needs" } else { "need" },
        ));
    }
    let later = count(SubscriberInfo::runs_later);
    let queue = core.queue();
    if later > 0 && !queue.is_open() {
        notes.push(format!(
            "the queue is shut down: the {} that {} later {} not called, except for the async ones by `emit_async`, and \
             the deferred ones, which run in the emit",
            Plural(later, "subscriber"),
            if later == 1 { "runs" } else { "run" },
            if later == 1 { "is" } else { "are" },
        ));
    } else if later > 0 && queue.attached() == 0 {
        notes.push(format!(
            "{} later, from the queue, which has no worker now, or async ones in `emit_async`; {START_WORKER}, or call \
             registry().queue().flush(), in async code flush_async().await",
            if later == 1 {
                "1 subscriber runs".to_owned()
            } else {
                format!("{later} subscribers run")
            },
        ));
    }
    notes
}
