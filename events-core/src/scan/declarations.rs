//! The declared subscribers of the program, and the problems that do not depend on a registry.

use std::{any::TypeId, cell::OnceCell, collections::HashMap};

use super::problem::Problem;
use crate::{
    declared::{EventSelector, SUBSCRIBERS, Subscriber},
    metadata::{Key, suggest},
};

/// All linked subscribers, sorted by source location: the order of the linker is not stable.
pub(crate) struct Declarations {
    all: Vec<Declaration>,
    /// The indices of the subscribers of each function, under the key of the function and under its path as text.
    /// Created when first needed: most scans do not need it.
    functions: OnceCell<HashMap<Key, Vec<usize>>>,
}

/// A linked subscriber with the key of its function.
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
            for (index, declaration) in self.all.iter().enumerate() {
                let path = Key::from(declaration.subscriber.name);
                for name in [declaration.key.clone(), path] {
                    functions.entry(name).or_default().push(index);
                }
            }
            functions
        })
    }

    pub(crate) fn all(&self) -> &[Declaration] {
        &self.all
    }

    /// Whether the function is annotated.
    pub(super) fn is_subscriber(&self, function: &Key) -> bool {
        self.functions().contains_key(function)
    }

    /// Whether the function is a method of a listener that a scan cannot create.
    pub(super) fn is_added_only(&self, function: &Key) -> bool {
        self.all
            .iter()
            .any(|declaration| declaration.subscriber.added_only && declaration.key == *function)
    }

    /// A text for each listener that a scan cannot create and of which a method is in `includes`.
    pub(super) fn listeners_to_add(&self, includes: impl Fn(&Declaration) -> bool) -> Vec<String> {
        let methods = self.all.iter();
        let methods = methods.filter(|method| method.subscriber.added_only && includes(method));
        let mut texts = Vec::new();
        let mut previous = ("", "");
        for Declaration { subscriber, .. } in methods {
            let name = subscriber.name;
            let listener = name
                .rsplit_once("::")
                .map_or(name, |(listener, _)| listener);
            if (subscriber.module, listener) != previous {
                previous = (subscriber.module, listener);
                texts.push(format!(
                    "the listener {listener} ({}) is not Default, so a scan does not create it; add it with \
                     registry().add(..).detach(), or implement Default",
                    subscriber.location
                ));
            }
        }
        texts
    }

    /// Whether a subscriber is declared in the module or in one inside of it.
    pub(super) fn is_any_in(&self, module: &str) -> bool {
        self.all.iter().any(|declaration| declaration.is_in(module))
    }

    /// The targets of `before` and `after` that no event reaches together with the subscriber.
    pub(super) fn unknown_targets(&self, declaration: &Declaration) -> Vec<Problem> {
        let Subscriber { before, after, .. } = declaration.subscriber;
        let before = before.iter().map(|target| ("before", target()));
        let after = after.iter().map(|target| ("after", target()));
        let targets = before.chain(after);
        let required = targets.filter(|(_, target)| target.is_required);
        let required = required.map(|(relation, target)| (relation, target.key));
        let unknown_target = |(relation, target)| {
            let subscriber = declaration.describe();
            match self.functions().get(&target) {
                Some(targets)
                    if targets
                        .iter()
                        .any(|&target| declaration.overlaps(&self.all[target])) =>
                {
                    None
                }
                Some(_) => Some(Problem::UnrelatedTarget {
                    subscriber,
                    relation,
                    target: as_written(&target),
                    topic: declaration.topics().join("`, `"),
                }),
                None => Some(Problem::UnknownTarget {
                    subscriber,
                    relation,
                    target: as_written(&target),
                    similar: self.suggest_subscribers(&target),
                }),
            }
        };
        required.filter_map(unknown_target).collect()
    }

    /// ``did you mean `a`?`` with the paths of subscribers that are similar to a target that is a text.
    fn suggest_subscribers(&self, target: &Key) -> Option<String> {
        let names = self
            .all
            .iter()
            .map(|declaration| declaration.subscriber.name);
        target
            .is_text()
            .then(|| suggest(target.as_str(), names))
            .flatten()
    }
}

impl Declaration {
    /// Whether it is declared in the module or in one inside of it.
    pub(crate) fn is_in(&self, module: &str) -> bool {
        let suffix = self.subscriber.module.strip_prefix(module);
        suffix.is_some_and(|suffix| suffix.is_empty() || suffix.starts_with("::"))
    }

    /// The topics of its events, or its pattern.
    pub(crate) fn topics(&self) -> Vec<&'static str> {
        match self.subscriber.selector {
            EventSelector::Events(events) => events.iter().map(|event| event().1.topic()).collect(),
            EventSelector::Topic(pattern) => vec![pattern.text()],
        }
    }

    /// Whether there can be an event that both receive. There can be one for a pattern that cannot be compiled, which
    /// is a problem of its own.
    fn overlaps(&self, other: &Self) -> bool {
        match (self.subscriber.selector, other.subscriber.selector) {
            (EventSelector::Events(events), EventSelector::Events(others)) => {
                let is_in_others = |event: TypeId| others.iter().any(|other| other().0 == event);
                events.iter().any(|event| is_in_others(event().0))
            }
            (EventSelector::Events(events), EventSelector::Topic(pattern))
            | (EventSelector::Topic(pattern), EventSelector::Events(events)) => {
                let pattern = pattern.compile();
                let matches = |topic| !matches!(&pattern, Ok(pattern) if !pattern.matches(topic));
                events.iter().any(|event| matches(event().1.topic()))
            }
            (EventSelector::Topic(_), EventSelector::Topic(_)) => true,
        }
    }

    pub(super) fn describe(&self) -> String {
        format!("{:?}", self.subscriber)
    }
}

/// A target of `before` or `after` as it is written in the option: a text is in quotation marks.
fn as_written(target: &Key) -> String {
    if target.is_text() {
        format!("{:?}", target.as_str())
    } else {
        target.to_string()
    }
}
