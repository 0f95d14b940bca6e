//! Muting subscribers, and asking the registry who would be called, and what became of the subscribers of an emit.

use std::collections::BTreeSet;

use events_core::{
    Registry,
    explaining::{Explanation, NotCalled, Verdict},
    info::{IntoKey, Key, SubscriberInfo},
    outcomes::SubscriberOutcome,
};

use super::{
    Shared, declared,
    declared::{
        ScriptedListener, declared_0, declared_1, declared_2, declared_3, declared_4, declared_5,
        declared_6, declared_7, declared_8, declared_9, declared_10,
    },
    events::{A, B, C, D},
    label,
};
use crate::program::{Event, Kind, Name, ORIGINS, TOPICS};

fn key(name: Name) -> Key {
    match name {
        Name::Id(id) => format!("id {id}").into_key(),
        Name::Declared(0) => declared_0.into_key(),
        Name::Declared(1) => declared_1.into_key(),
        Name::Declared(2) => declared_2.into_key(),
        Name::Declared(3) => declared_3.into_key(),
        Name::Declared(4) => declared_4.into_key(),
        Name::Declared(5) => declared_5.into_key(),
        Name::Declared(6) => declared_6.into_key(),
        Name::Declared(7) => declared_7.into_key(),
        Name::Declared(8) => declared_8.into_key(),
        Name::Declared(9) => declared_9.into_key(),
        Name::Declared(_) => declared_10.into_key(),
        Name::Method(0) => ScriptedListener::method_0.into_key(),
        Name::Method(1) => ScriptedListener::method_1.into_key(),
        Name::Method(2) => ScriptedListener::method_2.into_key(),
        Name::Method(3) => ScriptedListener::method_3.into_key(),
        Name::Method(4) => ScriptedListener::method_4.into_key(),
        Name::Method(_) => ScriptedListener::method_5.into_key(),
    }
}

impl Shared {
    pub(super) fn mute(&self, guard: usize, name: Name) {
        if self.guards.borrow()[guard].is_some() {
            return self.note(crate::trace::Trace::left_out);
        }
        let muted = self.registry.try_mute(key(name));
        self.note(|trace| trace.muted(muted.is_ok()));
        self.guards.borrow_mut()[guard] = muted.ok();
    }

    pub(super) fn unmute(&self, guard: usize) {
        let muted = self.guards.borrow_mut()[guard].take();
        drop(muted);
    }

    pub(super) fn explain(&self, event: Event) {
        let (explanation, has_subscribers) = ask(&self.registry, event);
        let (mut verdicts, mut others) = (Vec::new(), BTreeSet::new());
        for one in explanation.all().subscribers() {
            // Not those that are declared for other programs of this binary.
            let is_scripted = ["", declared::MODULE].contains(&one.subscriber().module);
            let label = label(one.subscriber());
            match not_own(one.verdict()) {
                None => verdicts.push(format!("{label}: {}", verdict(one.verdict()))),
                Some(why) if is_scripted => drop(others.insert(format!("{label}: {why}"))),
                Some(_) => {}
            }
        }
        self.note(|trace| trace.explained(&verdicts, &others, has_subscribers));
    }
}

/// Why a subscriber does not receive the event, if it is not one of its subscribers.
fn not_own(verdict: &Verdict) -> Option<String> {
    let Verdict::NotCalled(why) = verdict else {
        return None;
    };
    Some(match why {
        NotCalled::OtherEvents(topics) => {
            let mut topics: Vec<_> = topics.iter().map(|topic| &**topic).collect();
            topics.sort_unstable();
            format!("it receives {topics:?}")
        }
        NotCalled::OtherTopics(pattern) => format!("it receives {pattern}"),
        NotCalled::NotScanned => "it is not scanned".to_owned(),
        NotCalled::ListenerNotAdded => "its listener is not added".to_owned(),
        _ => return None,
    })
}

fn verdict(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Called => "called",
        Verdict::CalledIf => "called if",
        Verdict::NotCalled(NotCalled::Muted) => "muted",
        Verdict::NotCalled(NotCalled::Origin(_)) => "origin",
        Verdict::NotCalled(NotCalled::UsedUp) => "used up",
        _ => "another verdict",
    }
}

fn ask(registry: &Registry, event: Event) -> (Explanation, bool) {
    fn of<E: events_core::Event>(
        registry: &Registry,
        origin: Option<usize>,
    ) -> (Explanation, bool) {
        match origin {
            None => (registry.explain::<E>(), registry.has_subscribers::<E>()),
            Some(origin) => (
                registry.explain_from::<E, _>(ORIGINS[origin]),
                registry.has_subscribers_from::<E, _>(ORIGINS[origin]),
            ),
        }
    }
    match event.kind {
        Kind::A => of::<A>(registry, event.origin),
        Kind::B => of::<B>(registry, event.origin),
        Kind::C => of::<C>(registry, event.origin),
        Kind::D => of::<D<'_>>(registry, event.origin),
        Kind::Named(topic) => (
            registry.explain_topic(TOPICS[topic]),
            registry.has_topic_subscribers(TOPICS[topic]),
        ),
    }
}

/// A subscriber with what became of it, in the words of the model.
pub(super) fn outcome((subscriber, outcome): (&SubscriberInfo, SubscriberOutcome)) -> String {
    let text = match outcome {
        SubscriberOutcome::Ran => "ran".to_owned(),
        SubscriberOutcome::Stopped => "stopped".to_owned(),
        SubscriberOutcome::Failed(_) => "failed".to_owned(),
        SubscriberOutcome::Deferred => "deferred".to_owned(),
        SubscriberOutcome::Retrying(_) => "retrying".to_owned(),
        SubscriberOutcome::Skipped(reason) => format!("skipped {reason:?}"),
        SubscriberOutcome::NotReached(reason) => format!("not reached {reason:?}"),
        other => format!("{other:?}"),
    };
    format!("{}: {text}", label(subscriber))
}
