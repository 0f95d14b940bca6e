//! The rules of middleware.

use super::Cause;

/// What a middleware does with the calls of those subscribers to which it applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    Pass,
    /// Does not call them.
    Skip,
    /// The same, as if the event had been withheld.
    Withhold,
    /// Lets those that ran fail.
    Refuse,
    /// Lets those that failed have run.
    Swallow,
    /// Lets the subscribers after one that stopped the event run.
    Continue,
    /// Lets those that ran stop the event.
    Stop,
    /// Lets no further attempt follow.
    GiveUp,
    /// Hides that they were called.
    Hide,
}

pub(crate) const RULES: [Rule; 9] = [
    Rule::Pass,
    Rule::Skip,
    Rule::Withhold,
    Rule::Refuse,
    Rule::Swallow,
    Rule::Continue,
    Rule::Stop,
    Rule::GiveUp,
    Rule::Hide,
];

/// What became of a subscriber.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Ran,
    Stopped,
    Failed(Cause),
    /// A further attempt follows.
    Retrying(Cause),
    Skipped(&'static str),
    Withheld,
}

impl Rule {
    /// Whether it applies to the subscriber that has this name in reports.
    pub(crate) fn applies(label: &str) -> bool {
        label.bytes().map(u32::from).sum::<u32>() % 2 == 0
    }

    /// What becomes of a subscriber that it does not call.
    pub(crate) fn before(self) -> Option<Fate> {
        match self {
            Self::Skip => Some(Fate::Skipped("Middleware")),
            Self::Withhold => Some(Fate::Withheld),
            _ => None,
        }
    }

    /// What it makes of that.
    pub(crate) fn after(self, fate: Fate) -> Fate {
        match (self, fate) {
            (Self::Refuse, Fate::Ran) => Fate::Failed(Cause::Error),
            (Self::Swallow, Fate::Failed(_)) | (Self::Continue, Fate::Stopped) => Fate::Ran,
            (Self::Stop, Fate::Ran) => Fate::Stopped,
            (Self::GiveUp, Fate::Retrying(cause)) => Fate::Failed(cause),
            (Self::Hide, _) => Fate::Skipped("Middleware"),
            _ => fate,
        }
    }
}
