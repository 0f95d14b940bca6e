//! How many events there are of each topic, for log records and reports: they contain no data of the events.

use std::{borrow::Cow, fmt};

use crate::primitives::one_line;

/// The number of events of each topic, in the order in which the topics were added.
#[derive(Default)]
pub(crate) struct TopicCounts(Vec<(Cow<'static, str>, usize)>);

impl TopicCounts {
    pub(crate) fn add(&mut self, topic: Cow<'static, str>, events: usize) {
        match self.0.iter_mut().find(|(known, _)| *known == topic) {
            _ if events == 0 => {}
            Some((_, count)) => *count += events,
            None => self.0.push((topic, events)),
        }
    }
}

impl fmt::Display for TopicCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, (topic, count)) in self.0.iter().enumerate() {
            let separator = if number == 0 { "" } else { ", " };
            write!(f, "{separator}{} (x{count})", one_line(topic))?;
        }
        Ok(())
    }
}
