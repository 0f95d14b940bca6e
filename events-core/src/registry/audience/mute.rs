//! Muting: subscribers that are not called until a guard is dropped. Their plans are built without them.

use std::fmt;

use super::mute_error::MuteError;
use crate::{
    metadata::{IntoKey, Key, suggest},
    plan::{Registration, Retired, SubscriberId},
    primitives::drop_catching,
    registry::{
        core::{Core, Writer},
        handle::{Registry, WeakRegistry},
    },
};

/// Keeps subscribers of a registry muted until it is dropped; [`Registry::mute`] returns it.
///
/// It does not keep its registry alive.
///
/// ```
/// use events_core::{Event, Registry, subscribing::MuteGuard};
///
/// #[derive(Event)]
/// struct Imported(u32);
///
/// fn mail(event: &mut Imported) {
///     event.0 += 1;
/// }
///
/// /// A bulk import, which sends no mails.
/// struct Import {
///     registry: Registry,
///     _muted: MuteGuard,
/// }
///
/// let registry = Registry::new();
/// registry.on(mail).detach();
/// let import = Import { _muted: registry.mute(mail), registry: registry.clone() };
/// assert_eq!(import.registry.emit(Imported(0)).0, 0);
/// drop(import);
/// assert_eq!(registry.emit(Imported(0)).0, 1);
/// ```
#[must_use = "dropping a MuteGuard ends the muting; `.detach()` keeps it"]
pub struct MuteGuard {
    registry: WeakRegistry,
    name: Key,
    ids: Vec<SubscriberId>,
}

impl Registry {
    /// Mutes a subscriber, named by its function or by its id: no emit calls it until the guard is dropped.
    ///
    /// It may be declared, subscribed at run time, or a method of a listener, of one event type, of several or of a pattern
    /// of topics; if several have the name, all of them are muted. A subscriber that is registered later is not, whatever
    /// its name. Guards nest: it is called again when the last guard is dropped.
    ///
    /// A muted subscriber keeps its place in the order: others that are `before` or `after` it keep theirs. It is not
    /// called as of the next emit, and for events from the queue as of the next event. An emit in progress, on this
    /// thread or another, may still call it, and so may an event that was put into the queue for it before; drop its
    /// [`Subscription`](crate::Subscription) to end it at once. A muted check vetoes no write of a
    /// [record](crate::record). An event whose subscribers are all muted is one that no subscriber received.
    ///
    /// To withhold all events of a type from all subscribers, in a test, use `muted` of `events-testing`.
    ///
    /// ```
    /// use events_core::{Event, Registry};
    ///
    /// #[derive(Event)]
    /// struct Saved(Vec<&'static str>);
    ///
    /// let registry = Registry::new();
    /// let backup = registry.subscribe(|event: &mut Saved| event.0.push("backup")).id("backup");
    /// backup.register()?.detach();
    /// registry.subscribe(|event: &mut Saved| event.0.push("log")).after("backup").register()?.detach();
    ///
    /// let muted = registry.mute("backup");
    /// assert_eq!(registry.emit(Saved(vec![])).0, ["log"]);
    /// drop(muted);
    /// assert_eq!(registry.emit(Saved(vec![])).0, ["backup", "log"]);
    /// # Ok::<(), events_core::subscribing::SubscribeError>(())
    /// ```
    ///
    /// # Panics
    ///
    /// When no subscriber of this registry has the name.
    #[track_caller]
    pub fn mute<M>(&self, subscriber: impl IntoKey<M>) -> MuteGuard {
        match self.try_mute(subscriber) {
            Ok(guard) => guard,
            Err(error) => panic!("{error}"),
        }
    }

    /// As [`mute`](Self::mute), with an error instead of a panic.
    ///
    /// # Errors
    ///
    /// When no subscriber of this registry has the name.
    pub fn try_mute<M>(&self, subscriber: impl IntoKey<M>) -> Result<MuteGuard, MuteError> {
        let name = subscriber.into_key();
        match self.core().mute(&name) {
            Some(ids) => Ok(MuteGuard {
                registry: self.downgrade(),
                name,
                ids,
            }),
            None => Err(MuteError {
                similar: suggest(
                    name.as_str(),
                    self.core().subscriber_names().iter().map(|name| &**name),
                ),
                name: name.as_str().to_owned(),
            }),
        }
    }
}

impl MuteGuard {
    /// Keeps the subscriber muted for as long as the registry exists.
    pub fn detach(mut self) {
        self.ids.clear();
    }
}

impl Drop for MuteGuard {
    fn drop(&mut self) {
        if self.ids.is_empty() {
            return;
        }
        if let Some(registry) = self.registry.upgrade() {
            registry.core().unmute(&self.ids);
        }
    }
}

impl fmt::Debug for MuteGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MuteGuard").field(&self.name).finish()
    }
}

impl Core {
    /// Mutes the subscribers with this name; `None` if there are none.
    fn mute(&self, name: &Key) -> Option<Vec<SubscriberId>> {
        let mut writer = self.writer();
        let ids = self.ids_of(&writer, name);
        if ids.is_empty() {
            return None;
        }
        writer.muted.add(&ids);
        let retired = self.publish_muted(&writer);
        drop(writer);
        drop_catching(retired);
        Some(ids)
    }

    /// A guard of these subscribers is dropped.
    fn unmute(&self, ids: &[SubscriberId]) {
        let mut writer = self.writer();
        writer.muted.remove(ids);
        let retired = self.publish_muted(&writer);
        drop(writer);
        drop_catching(retired);
    }

    /// The subscribers with this name, each once.
    fn ids_of(&self, writer: &Writer, name: &Key) -> Vec<SubscriberId> {
        let patterns = writer.patterns.iter().map(|entry| &entry.registration);
        let patterns = patterns.filter(|one| one.position.names.contains(name));
        let mut ids: Vec<_> = patterns.map(Registration::id).collect();
        let slots = writer.known_types.values();
        for slot in slots.filter_map(|event_type| self.slot(*event_type)) {
            ids.extend(slot.ids_of(name));
        }
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// Publishes the plans without the muted subscribers. What it returns is dropped without the lock.
    fn publish_muted(&self, writer: &Writer) -> Vec<Retired> {
        self.topics().invalidate();
        let slots = writer.known_types.values();
        let slots = slots.filter_map(|event_type| self.slot(*event_type));
        slots.map(|slot| slot.set_muted(&writer.muted)).collect()
    }
}
