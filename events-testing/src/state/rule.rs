//! What a test expects of the events of one type or topic, and what of it came.

use std::{
    any::TypeId,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use events_core::{
    __testing::{Intercepted, Pattern},
    Location, Origin,
};

/// Whether an event is one of those that are meant.
pub(crate) type Matching = Arc<dyn Fn(&mut dyn Intercepted) -> bool + Send + Sync>;

/// An expectation as its mock keeps it.
pub(crate) struct Rule {
    pub(crate) subject: Subject,
    pub(crate) origin: Option<Origin>,
    pub(crate) matching: Option<Matching>,
    pub(crate) times: Option<Times>,
    /// Where it stands in the test.
    pub(crate) location: Location,
    /// The number of the first event that it can see.
    pub(crate) begins: u64,
    pub(crate) came: Came,
}

/// Which events it is about.
pub(crate) enum Subject {
    Event { family: TypeId, topic: &'static str },
    Topic(Pattern),
}

/// How often an event is to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Times {
    Exactly(usize),
    AtLeast(usize),
}

/// What came of the events that a rule is about.
#[derive(Default)]
pub(crate) struct Came {
    /// Those that are meant.
    pub(crate) meant: Vec<u64>,
    /// Those from another origin.
    pub(crate) elsewhere: Vec<u64>,
    /// Those for which `matching` did not hold.
    pub(crate) refused: Vec<u64>,
    /// Those at which `matching` panicked, and how.
    pub(crate) panicked: Vec<(u64, String)>,
}

/// What a rule says of an event that it is about.
pub(crate) enum Verdict {
    Meant,
    Elsewhere,
    Refused,
    Panicked(String),
}

/// What is asked of an event that a rule is about, apart from the rule: a closure of the user's is called
/// while no lock is held.
pub(crate) struct Question {
    pub(crate) rule: usize,
    origin: Option<Origin>,
    matching: Option<Matching>,
}

impl Subject {
    pub(crate) fn is(&self, family: TypeId, topic: &str) -> bool {
        match self {
            Self::Event { family: own, .. } => *own == family,
            Self::Topic(pattern) => pattern.matches(topic),
        }
    }
}

impl Rule {
    pub(crate) fn new(subject: Subject, location: Location, begins: u64) -> Self {
        Self {
            subject,
            origin: None,
            matching: None,
            times: None,
            location,
            begins,
            came: Came::default(),
        }
    }

    /// At least once, unless told otherwise.
    pub(crate) fn times(&self) -> Times {
        self.times.unwrap_or(Times::AtLeast(1))
    }

    /// What to ask of an event, if the rule is about such events.
    pub(crate) fn question(&self, rule: usize, event: &dyn Intercepted) -> Option<Question> {
        self.subject
            .is(event.family(), event.event().topic())
            .then(|| Question {
                rule,
                origin: self.origin.clone(),
                matching: self.matching.clone(),
            })
    }

    pub(crate) fn note(&mut self, number: u64, verdict: Verdict) {
        let came = &mut self.came;
        match verdict {
            Verdict::Meant => came.meant.push(number),
            Verdict::Elsewhere => came.elsewhere.push(number),
            Verdict::Refused => came.refused.push(number),
            Verdict::Panicked(how) => came.panicked.push((number, how)),
        }
    }

    /// Whether `matching` was asked of no event, though there is one: then it says nothing.
    pub(crate) fn is_unasked(&self) -> bool {
        let Came {
            meant,
            refused,
            panicked,
            ..
        } = &self.came;
        self.matching.is_some() && meant.is_empty() && refused.is_empty() && panicked.is_empty()
    }

    /// Whether it holds, now that the test is over.
    pub(crate) fn holds(&self) -> bool {
        let count = self.came.meant.len();
        let as_often = match self.times() {
            Times::Exactly(times) => count == times,
            Times::AtLeast(times) => count >= times,
        };
        as_often && self.came.panicked.is_empty() && !self.is_unasked()
    }
}

impl Question {
    /// Asks. A panic of the user's closure is an answer: the emitter is not to hear of it.
    pub(crate) fn ask(&self, event: &mut dyn Intercepted) -> Verdict {
        if self.origin.is_some() && self.origin.as_ref() != event.event().origin() {
            return Verdict::Elsewhere;
        }
        let Some(matching) = &self.matching else {
            return Verdict::Meant;
        };
        match catch_unwind(AssertUnwindSafe(|| matching(event))) {
            Ok(true) => Verdict::Meant,
            Ok(false) => Verdict::Refused,
            Err(payload) => {
                let text = payload.downcast_ref::<&'static str>().copied();
                let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
                Verdict::Panicked(text.unwrap_or("with something that is no text").to_owned())
            }
        }
    }
}
