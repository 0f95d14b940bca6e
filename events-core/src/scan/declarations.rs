//! What is declared in the program, as a scan sees it, and what is wrong with that alone.

use std::{
    any::TypeId,
    cell::OnceCell,
    collections::{BTreeMap, HashMap},
};

use super::problem::Problem;
use crate::{
    declared::{EVENTS, Hears, SUBSCRIBERS, Subscriber},
    metadata::{EventInfo, Key, Pattern},
};

/// All linked subscribers, by place: the linker's order means nothing.
pub(crate) struct Declared {
    all: Vec<One>,
    /// The subscribers that each function is; most scans do not ask.
    functions: OnceCell<HashMap<Key, Vec<usize>>>,
}

/// A linked subscriber, with what its functions say evaluated.
pub(crate) struct One {
    pub(crate) subscriber: &'static Subscriber,
    pub(crate) key: Key,
}

impl Declared {
    pub(crate) fn new() -> Self {
        let mut all: Vec<_> = SUBSCRIBERS
            .static_slice()
            .iter()
            .map(|subscriber| One {
                subscriber,
                key: (subscriber.key)(),
            })
            .collect();
        all.sort_by_key(|One { subscriber, .. }| {
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

    pub(crate) fn all(&self) -> &[One] {
        &self.all
    }

    /// Whether the function is annotated.
    pub(crate) fn is_subscriber(&self, function: &Key) -> bool {
        self.functions().contains_key(function)
    }

    /// Whether it is a method of a listener that no scan can make.
    pub(crate) fn is_by_hand(&self, function: &Key) -> bool {
        let mut by_hand = self.all.iter().filter(|one| one.subscriber.by_hand);
        by_hand.any(|one| one.key == *function)
    }

    /// Whether a subscriber is declared in that module or one inside it.
    pub(crate) fn is_any_in(&self, module: &str) -> bool {
        self.all.iter().any(|one| one.is_in(module))
    }

    /// Targets of `before` and `after` with which a subscriber never runs together.
    pub(crate) fn stray_targets(&self, one: &One) -> Vec<Problem> {
        let Subscriber { before, after, .. } = one.subscriber;
        let before = before.iter().map(|target| ("before", target()));
        let after = after.iter().map(|target| ("after", target()));
        let stray = |(relation, target)| {
            let subscriber = one.told();
            match self.functions().get(&target) {
                Some(others) if others.iter().any(|&other| one.meets(&self.all[other])) => None,
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
        before.chain(after).filter_map(stray).collect()
    }
}

impl One {
    /// Whether it is declared in that module or one inside it.
    pub(crate) fn is_in(&self, module: &str) -> bool {
        let rest = self.subscriber.module.strip_prefix(module);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    }

    /// What it listens to, in words.
    fn topics(&self) -> Vec<&'static str> {
        match self.subscriber.hears {
            Hears::Events(events) => events.iter().map(|event| event().1.topic()).collect(),
            Hears::Topic(pattern) => vec![pattern],
        }
    }

    /// Whether there can be an event that both listen to.
    fn meets(&self, other: &Self) -> bool {
        match (self.subscriber.hears, other.subscriber.hears) {
            (Hears::Events(events), Hears::Events(others)) => {
                let is_there = |event: TypeId| others.iter().any(|other| other().0 == event);
                events.iter().any(|event| is_there(event().0))
            }
            (Hears::Events(events), Hears::Topic(pattern))
            | (Hears::Topic(pattern), Hears::Events(events)) => {
                let pattern = Pattern::new(pattern.into());
                let matches = |topic| pattern.as_ref().is_ok_and(|pattern| pattern.matches(topic));
                events.iter().any(|event| matches(event().1.topic()))
            }
            (Hears::Topic(_), Hears::Topic(_)) => true,
        }
    }

    pub(crate) fn told(&self) -> String {
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
            let told = |event: &&EventInfo| {
                format!(
                    "{}::{} ({})",
                    event.module(),
                    event.name(),
                    event.location()
                )
            };
            Problem::DuplicateTopic {
                topic,
                events: events.iter().map(told).collect(),
            }
        })
        .collect()
}
