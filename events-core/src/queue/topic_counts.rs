//! How many events there are of each topic, for log records and reports: they contain no data of the events.

use std::{borrow::Cow, collections::HashMap, fmt};

use crate::primitives::{Plural, one_line};

/// How many topics a text lists: named events may have any number of them.
const LISTED: usize = 32;

/// The number of events of each topic, in the order in which the topics were added.
#[derive(Default)]
pub(crate) struct TopicCounts {
    counts: Vec<(Cow<'static, str>, usize)>,
    /// The index of each topic.
    indices: HashMap<Cow<'static, str>, usize>,
}

impl TopicCounts {
    /// Counts an event of this topic.
    pub(crate) fn add(&mut self, topic: Cow<'static, str>) {
        match self.indices.get(&topic) {
            Some(&index) => self.counts[index].1 += 1,
            None => {
                self.indices.insert(topic.clone(), self.counts.len());
                self.counts.push((topic, 1));
            }
        }
    }
}

impl Extend<Cow<'static, str>> for TopicCounts {
    fn extend<T: IntoIterator<Item = Cow<'static, str>>>(&mut self, topics: T) {
        topics.into_iter().for_each(|topic| self.add(topic));
    }
}

impl fmt::Display for TopicCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (listed, others) = self.counts.split_at(self.counts.len().min(LISTED));
        for (number, (topic, count)) in listed.iter().enumerate() {
            let separator = if number == 0 { "" } else { ", " };
            write!(f, "{separator}{} (x{count})", one_line(topic))?;
        }
        if !others.is_empty() {
            let events: usize = others.iter().map(|(_, count)| count).sum();
            write!(f, ", {} (x{events})", Plural(others.len(), "other topic"))?;
        }
        Ok(())
    }
}
