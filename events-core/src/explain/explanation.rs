//! The explanation of one event, as data and as a table.

use std::{borrow::Cow, fmt};

use super::{
    collect::{Collected, Subject},
    explained::Explained,
    notes::notes,
};
use crate::{
    metadata::Origin,
    primitives::{Plural, one_line},
    registry::Core,
    scan::fmt_table,
};

/// Which subscribers an event would be passed to, in which order, and why the others are not called;
/// [`Registry::explain`](crate::Registry::explain) returns it.
///
/// `Display` prints a table, a line of totals, and notes. It lists the subscribers of the event; the declared ones that are
/// linked and not registered; and of the subscribers of other events those that could have been meant, because their topic
/// or pattern is similar. The others are counted, and [`all`](Self::all) lists them as well.
///
/// ```
/// use events_core::{Event, Registry};
///
/// #[derive(Event)]
/// #[event(topic = "order.placed")]
/// struct OrderPlaced;
///
/// #[derive(Event)]
/// #[event(topic = "order.place")]
/// struct PlaceOrder;
///
/// let registry = Registry::new();
/// registry.subscribe(|_: &OrderPlaced| println!("charge")).id("charge").register()?.detach();
/// registry.subscribe(|_: &PlaceOrder| println!("pack")).id("pack").register()?.detach();
///
/// let explanation = registry.explain::<OrderPlaced>();
/// let text = explanation.to_string();
/// assert!(text.contains("charge") && text.contains("it is subscribed to `order.place`"), "{text}");
/// let names: Vec<_> = explanation.called().map(|one| &*one.subscriber().name).collect();
/// assert_eq!(names, ["charge"]);
/// # Ok::<(), events_core::subscribing::SubscribeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Explanation {
    topic: Cow<'static, str>,
    origin: Option<Origin>,
    collected: Collected,
    notes: Vec<String>,
}

impl Explanation {
    pub(super) fn new(core: &Core, topic: Cow<'static, str>, subject: &Subject<'_>) -> Self {
        let collected = subject.collect(core);
        Self {
            topic,
            origin: subject.origin.cloned(),
            notes: notes(core, &collected),
            collected,
        }
    }

    /// The topic of the event.
    #[must_use]
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// The origin with which the event is emitted; of the events of records their default one.
    #[must_use]
    pub fn origin(&self) -> Option<&Origin> {
        self.origin.as_ref()
    }

    /// The subscribers that would be called, in running order: first the sync and awaited ones, then those that run later.
    pub fn called(&self) -> impl Iterator<Item = &Explained> {
        self.collected.own.iter().filter(|one| one.is_called())
    }

    /// The listed subscribers that would not be called: those of the event in running order, and then the others.
    pub fn not_called(&self) -> impl Iterator<Item = &Explained> {
        self.subscribers().filter(|one| !one.is_called())
    }

    /// All listed subscribers: those of the event in running order, whether or not they would be called, then those that
    /// are linked and not registered, then those of other events.
    pub fn subscribers(&self) -> impl Iterator<Item = &Explained> {
        let Collected {
            own, missing, near, ..
        } = &self.collected;
        own.iter().chain(missing).chain(near)
    }

    /// How many subscribers of other events are not listed.
    #[must_use]
    pub fn others(&self) -> usize {
        self.collected.far.len()
    }

    /// The same, with each subscriber of the registry and of the program in the list.
    #[must_use]
    pub fn all(mut self) -> Self {
        let Collected { near, far, .. } = &mut self.collected;
        near.append(far);
        self
    }

    /// What is to be known about the registry beside its subscribers, each as a line: that a mock or the hook for unheard
    /// events is called, that an `emit` does not call awaited subscribers, or that nothing runs the queue.
    #[must_use]
    pub fn notes(&self) -> impl ExactSizeIterator<Item = &str> {
        self.notes.iter().map(String::as_str)
    }

    /// The line of totals.
    fn summary(&self) -> String {
        let called = self.called().count();
        let not_called = self.not_called().count();
        let is = |count| if count == 1 { "is" } else { "are" };
        let mut summary = match called {
            0 => String::from("no subscriber is called"),
            _ => format!("{} {} called", Plural(called, "subscriber"), is(called)),
        };
        if not_called > 0 {
            summary = format!("{summary}, {not_called} {} not", is(not_called));
        }
        match self.others() {
            0 => summary,
            others => format!(
                "{summary}; {others} of other events {} not listed",
                is(others)
            ),
        }
    }
}

const HEADINGS: [&str; 6] = ["#", "priority", "subscriber", "location", "kind", "verdict"];

/// The index of the heading of numbers, which are aligned to the right.
const PRIORITY: usize = 1;

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`, emitted ", one_line(&self.topic))?;
        match &self.origin {
            None => f.write_str("without an origin\n")?,
            Some(origin) => writeln!(f, "from `{}`", one_line(origin.as_str()))?,
        }
        let mut rows = vec![HEADINGS.map(String::from)];
        let mut number = 0;
        for one in self.subscribers() {
            let subscriber = one.subscriber();
            number += usize::from(one.is_called());
            rows.push([
                if one.is_called() {
                    number.to_string()
                } else {
                    "-".to_owned()
                },
                subscriber.priority.to_string(),
                one_line(&subscriber.name).into_owned(),
                subscriber.location.to_string(),
                one.kind_text().into_owned(),
                one.verdict_text().to_string(),
            ]);
        }
        if rows.len() > 1 {
            fmt_table(f, &rows, PRIORITY)?;
        }
        f.write_str(&self.summary())?;
        for note in self.notes() {
            write!(f, "\n{note}")?;
        }
        Ok(())
    }
}
