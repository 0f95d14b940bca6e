//! Middleware: what stands around the calls of subscribers, and decides what became of them.

use super::{Id, Model};
use crate::program::{Cause, End, Fate, Rule};

/// What a handler did that has ended.
impl From<End> for Fate {
    fn from(end: End) -> Self {
        match end {
            End::Done => Self::Ran,
            End::Break => Self::Stopped,
            End::Error => Self::Failed(Cause::Error),
            End::Panic => Self::Failed(Cause::Panic),
        }
    }
}

impl Model<'_> {
    pub(super) fn wrap(&mut self, slot: usize, rule: Rule) {
        if self.wraps.iter().any(|(one, _)| *one == slot) {
            return self.trace.left_out();
        }
        self.wraps.push((slot, rule));
    }

    pub(super) fn unwrap(&mut self, slot: usize) {
        self.wraps.retain(|(one, _)| *one != slot);
    }

    /// What middleware decides about a subscriber that it does not call. The last one is the outermost.
    pub(super) fn before(&self, id: Id) -> Option<Fate> {
        let label = self.label(id);
        let decides = |(level, (_, rule)): (usize, &(usize, Rule))| {
            let fate = rule.before().filter(|_| Rule::applies(&label))?;
            Some((level, fate))
        };
        let (level, fate) = self.wraps.iter().enumerate().rev().find_map(decides)?;
        Some(self.after_from(level + 1, id, fate))
    }

    /// What middleware makes of what a call did.
    pub(super) fn after(&self, id: Id, fate: Fate) -> Fate {
        self.after_from(0, id, fate)
    }

    fn after_from(&self, level: usize, id: Id, fate: Fate) -> Fate {
        let label = self.label(id);
        let outer = self.wraps[level..].iter().map(|(_, rule)| rule);
        outer
            .filter(|_| Rule::applies(&label))
            .fold(fate, |fate, rule| rule.after(fate))
    }
}
