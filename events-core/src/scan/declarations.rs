//! What is declared in the program, as a scan sees it, and what is wrong with that alone.

use std::{
    any::TypeId,
    cell::OnceCell,
    collections::{BTreeMap, HashMap},
};

use super::problem::Problem;
use crate::{
    declared::{EVENTS, EventSelector, SUBSCRIBERS, Subscriber},
    metadata::{EventInfo, Key, Pattern},
};

/// All linked subscribers, by place: the linker's order means nothing.
pub(crate) struct Declarations {
    all: Vec<Declaration>,
    /// The subscribers that each function is; most scans do not ask.
    functions: OnceCell<HashMap<Key, Vec<usize>>>,
}

/// A linked subscriber, with what its functions say evaluated.
pub(crate) struct Declaration {
    pub(crate) subscriber: &'static Subscriber,
    pub(crate) key: Key,
}

impl Declarations {
    pub(crate) fn new() -> Self {
        let mut all: Vec<_> = SUBSCRIBERS
            .static_slice()
            .iter()
            .map(|subscriber| Declaration {
                subscriber,
                key: (subscriber.key)(),
            })
            .collect();
        all.sort_by_key(|Declaration { subscriber, .. }| {
            (subscriber.module, subscriber.location, subscriber.name)
        });
        Self {
            all,
            functions: OnceCell::new(),
        }
    }

    fn functions(&self) -> &HashMap<Key, Vec<usize>> {
        self.functions.get_or_init(|| {
            let mut functions: HashMap<_, Vec<_>> = HashMap::new();
            for (index, one) in self.all.iter().enumerate() {
                functions.entry(one.key.clone()).or_default().push(index);
            }
            functions
        })
    }

    pub(crate) fn all(&self) -> &[Declaration] {
        &self.all
    }

    /// Whether the function is annotated.
    pub(crate) fn is_subscriber(&self, function: &Key) -> bool {
        self.functions().contains_key(function)
    }

    /// Whether it is a method of a listener that no scan can make.
    pub(crate) fn is_added_only(&self, function: &Key) -> bool {
        let mut added_only = self.all.iter().filter(|one| one.subscriber.added_only);
        added_only.any(|one| one.key == *function)
    }

    /// Whether a subscriber is declared in that module or one inside it.
    pub(crate) fn is_any_in(&self, module: &str) -> bool {
        self.all.iter().any(|one| one.is_in(module))
    }

    /// Targets of `before` and `after` with which a subscriber never runs together.
    pub(crate) fn unknown_targets(&self, one: &Declaration) -> Vec<Problem> {
        let Subscriber { before, after, .. } = one.subscriber;
        let before = before.iter().map(|target| ("before", target()));
        let after = after.iter().map(|target| ("after", target()));
        let unknown_target = |(relation, target)| {
            let subscriber = one.describe();
            match self.functions().get(&target) {
                Some(others) if others.iter().any(|&other| one.overlaps(&self.all[other])) => None,
                Some(_) => Some(Problem::UnrelatedTarget {
                    subscriber,
                    relation,
                    target: target.to_string(),
                    topic: one.topics().join("`, `"),
                }),
                None => Some(Problem::UnknownTarget {
                    subscriber,
                    relation,
                    target: target.to_string(),
                }),
            }
        };
        before.chain(after).filter_map(unknown_target).collect()
    }
}

impl Declaration {
    /// Whether it is declared in that module or one inside it.
    pub(crate) fn is_in(&self, module: &str) -> bool {
        let rest = self.subscriber.module.strip_prefix(module);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    }

    /// What it listens to, in words.
    fn topics(&self) -> Vec<&'static str> {
        match self.subscriber.selector {
            EventSelector::Events(events) => events.iter().map(|event| event().1.topic()).collect(),
            EventSelector::Topic(pattern) => vec![pattern],
        }
    }

    /// Whether there can be an event that both listen to.
    fn overlaps(&self, other: &Self) -> bool {
        match (self.subscriber.selector, other.subscriber.selector) {
            (EventSelector::Events(events), EventSelector::Events(others)) => {
                let is_there = |event: TypeId| others.iter().any(|other| other().0 == event);
                events.iter().any(|event| is_there(event().0))
            }
            (EventSelector::Events(events), EventSelector::Topic(pattern))
            | (EventSelector::Topic(pattern), EventSelector::Events(events)) => {
                let pattern = Pattern::new(pattern.into());
                let matches = |topic| pattern.as_ref().is_ok_and(|pattern| pattern.matches(topic));
                events.iter().any(|event| matches(event().1.topic()))
            }
            (EventSelector::Topic(_), EventSelector::Topic(_)) => true,
        }
    }

    pub(crate) fn describe(&self) -> String {
        format!("{:?}", self.subscriber)
    }
}

/// Events that share a topic.
pub(crate) fn duplicate_topics() -> Vec<Problem> {
    let mut by_topic: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for event in EVENTS.iter() {
        by_topic.entry(event.topic()).or_default().push(event);
    }
    by_topic
        .into_iter()
        .filter(|(_, events)| events.len() > 1)
        .map(|(topic, mut events)| {
            events.sort_by_key(|event| (event.module(), event.location()));
            let describe = |event: &&EventInfo| {
                format!(
                    "{}::{} ({})",
                    event.module(),
                    event.name(),
                    event.location()
                )
            };
            Problem::DuplicateTopic {
                topic,
                events: events.iter().map(describe).collect(),
            }
        })
        .collect()
}
