//! The topics of the named events whose emits are in progress on this thread.

use std::{borrow::Cow, cell::RefCell, marker::PhantomData, sync::Arc};

use crate::metadata::EventInfo;

thread_local! {
    /// The topics of the named events whose emits are in progress, with the depth of each: they have one `EventInfo` in
    /// common.
    static NAMED_TOPICS: RefCell<Vec<(usize, Arc<str>)>> = const { RefCell::new(Vec::new()) };
}

/// Until this is dropped, the emit that is entered next on this thread is that of a named event.
pub(crate) struct NamedTopicGuard {
    not_send: PhantomData<*const ()>,
}

impl NamedTopicGuard {
    pub(crate) fn enter(depth: usize, topic: &Arc<str>) -> Self {
        with_named_topics(|topics| topics.push((depth, Arc::clone(topic))));
        Self {
            not_send: PhantomData,
        }
    }
}

impl Drop for NamedTopicGuard {
    fn drop(&mut self) {
        with_named_topics(Vec::pop);
    }
}

/// The topic of the emit at that depth of this thread.
pub(super) fn topic_at(depth: usize, info: &'static EventInfo) -> Cow<'static, str> {
    let named = with_named_topics(|topics| {
        let named = topics.iter().rfind(|(at, _)| *at == depth);
        named.map(|(_, topic)| topic.to_string())
    });
    named
        .flatten()
        .map_or(Cow::Borrowed(info.topic()), Cow::Owned)
}

/// The function must not run code of users. Destructors that run when the thread ends may find the topics gone.
fn with_named_topics<R>(f: impl FnOnce(&mut Vec<(usize, Arc<str>)>) -> R) -> Option<R> {
    NAMED_TOPICS
        .try_with(|topics| f(&mut topics.borrow_mut()))
        .ok()
}
