//! What of a program is fixed, since attributes declare it: patterns and topics, the declared handlers,
//! and the methods of the listeners. `real/declared.rs` has the functions with the same options.

use std::ops::Range;

use super::{End, Handler, Kind, Name, Phase, Target, When};

/// The patterns; the last one belongs to a listener.
pub(crate) const PATTERNS: [&str; 5] = ["one::.*", ".*", "two::(c|d|x)", "one::a", "two::.*"];

/// The topics that are emitted without a type.
pub(crate) const TOPICS: [&str; 3] = ["one::x", "two::x", "one::a"];

pub(crate) fn topic_of(kind: Kind) -> &'static str {
    match kind {
        Kind::A => "one::a",
        Kind::B => "one::b",
        Kind::C => "two::c",
        Kind::D => "two::d",
        Kind::Named(topic) => TOPICS[topic],
    }
}

/// Whether a pattern matches a topic; written down, so that the model has no regular expressions.
pub(crate) fn matches(pattern: usize, topic: &str) -> bool {
    match pattern {
        0 => topic.starts_with("one::"),
        1 => true,
        2 => ["two::c", "two::d", "two::x"].contains(&topic),
        3 => topic == "one::a",
        _ => topic.starts_with("two::"),
    }
}

/// How many handlers are declared; they have the first numbers.
pub(crate) const DECLARED: usize = 11;

/// How many listeners there are, and how many methods each has.
pub(crate) const LISTENERS: usize = 2;
pub(crate) const METHODS: usize = 6;

/// The number of the first handler that is registered at run time.
pub(crate) const FREE: usize = DECLARED + LISTENERS * METHODS;

/// The numbers of a listener's methods.
pub(crate) fn methods_of(listener: usize) -> Range<usize> {
    let first = DECLARED + listener * METHODS;
    first..first + METHODS
}

impl Handler {
    pub(crate) fn new(target: Target, phase: Phase) -> Self {
        Self {
            target,
            phase,
            is_async: phase == Phase::Async,
            priority: 0,
            id: None,
            before: Vec::new(),
            after: Vec::new(),
            if_present: false,
            origin: None,
            when: None,
            once: false,
            concurrency: None,
            retries: 0,
            acts: Vec::new(),
            end: End::Done,
        }
    }

    /// It is awaited in its place among the sync handlers.
    pub(crate) fn is_awaited(&self) -> bool {
        self.phase == Phase::Sync && self.is_async
    }

    /// The kind of its events, if it receives one kind only and no pattern.
    pub(crate) fn only_kind(&self) -> Option<Kind> {
        match &self.target {
            Target::Exact(kinds) if kinds.len() == 1 => Some(kinds[0]),
            _ => None,
        }
    }
}

/// A declared handler, without what it does.
pub(crate) fn declared(index: usize) -> Handler {
    let exact = |kinds: &[Kind]| Target::Exact(kinds.to_vec());
    let sync = |target| Handler::new(target, Phase::Sync);
    match index {
        0 => sync(exact(&[Kind::A])),
        1 => Handler {
            priority: 5,
            after: vec![Name::Declared(3)],
            ..sync(exact(&[Kind::A]))
        },
        2 => sync(exact(&[Kind::A, Kind::B])),
        3 => Handler {
            priority: -5,
            ..sync(Target::Pattern(0))
        },
        4 => Handler {
            retries: 1,
            ..Handler::new(exact(&[Kind::A]), Phase::Async)
        },
        5 => Handler {
            retries: 2,
            after: vec![Name::Declared(4)],
            ..Handler::new(exact(&[Kind::A]), Phase::Deferred)
        },
        6 => Handler {
            concurrency: Some(1),
            origin: Some(1),
            ..Handler::new(exact(&[Kind::B]), Phase::Async)
        },
        7 => Handler {
            is_async: true,
            after: vec![Name::Declared(0)],
            ..sync(exact(&[Kind::A]))
        },
        8 => Handler {
            once: true,
            when: Some(When::Even),
            ..sync(exact(&[Kind::A]))
        },
        // Two of a chain of three async ones.
        9 => Handler {
            after: vec![Name::Declared(4)],
            ..Handler::new(exact(&[Kind::A]), Phase::Async)
        },
        _ => Handler {
            after: vec![Name::Declared(9)],
            ..Handler::new(exact(&[Kind::A]), Phase::Async)
        },
    }
}

/// A method of each listener, without what it does.
pub(crate) fn method(index: usize) -> Handler {
    let exact = |kinds: &[Kind]| Target::Exact(kinds.to_vec());
    match index {
        0 => Handler::new(exact(&[Kind::A]), Phase::Sync),
        1 => Handler::new(exact(&[Kind::A, Kind::B]), Phase::Sync),
        2 => Handler {
            priority: 3,
            ..Handler::new(Target::Pattern(4), Phase::Sync)
        },
        3 => Handler {
            retries: 1,
            ..Handler::new(exact(&[Kind::B]), Phase::Async)
        },
        4 => Handler {
            priority: 1,
            after: vec![Name::Method(3)],
            ..Handler::new(exact(&[Kind::B]), Phase::Deferred)
        },
        _ => Handler {
            is_async: true,
            priority: 1,
            ..Handler::new(exact(&[Kind::B]), Phase::Sync)
        },
    }
}
