//! An async emit by a topic on a task of its own, as `spawn_emit` runs that of an event with a type.

use super::spawn_emit::{Details, SpawnedEmit, log_error, spawn};
use crate::{
    emit::{EmitTopicAsync, TryEmitTopicAsync},
    event::Args,
    primitives::drop_catching,
    result::{EmitError, Emitted},
};

impl EmitTopicAsync {
    /// Runs the emit as a task of the current tokio runtime, as [`EmitAsync::spawn_tokio`] does: it is completed even if the
    /// caller is dropped. The result is the arguments.
    ///
    /// This needs the cargo feature `tokio` of `events-core`.
    ///
    /// [`EmitAsync::spawn_tokio`]: crate::emitting::EmitAsync::spawn_tokio
    ///
    /// # Cancellation
    ///
    /// Dropping the returned future does not cancel the emit; only the shutdown of the runtime cuts it off. Then the log
    /// names the subscribers, and the returned future yields the error [`EmitCutOff`](crate::emitting::EmitCutOff).
    ///
    /// # Panics
    ///
    /// When it is called outside of a runtime of tokio. No subscriber has run then.
    ///
    /// # Examples
    ///
    /// ```
    /// use events_core::{EventCopy, Registry, args};
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let registry = Registry::new();
    /// let export = async |event: &EventCopy| event.get::<u64>("user").map(drop);
    /// registry.on_topic_async("user::.*", export)?.detach();
    ///
    /// let spawned = registry.emit_topic_async("user::deleted", args! { user: 7_u32 }).spawn_tokio();
    /// assert_eq!(spawned.await?.arg::<u32>("user"), Some(&7));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[track_caller]
    pub fn spawn_tokio(self) -> SpawnedEmit<Args> {
        let topic = self.topic().to_owned().into();
        let details = Details::new(topic, self.registry().clone(), drop_catching);
        spawn(self, details)
    }
}

impl TryEmitTopicAsync {
    /// Runs the emit as a task of the current tokio runtime, as [`EmitTopicAsync::spawn_tokio`] does. If the returned
    /// future is dropped before it is ready, the failures of the subscribers are logged, as those of `emit_topic_async` are.
    ///
    /// This needs the cargo feature `tokio` of `events-core`.
    ///
    /// # Panics
    ///
    /// When it is called outside of a runtime of tokio.
    ///
    /// # Examples
    ///
    /// ```
    /// use events_core::{EventCopy, Registry, args};
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let registry = Registry::new();
    /// let export = async |event: &EventCopy| event.get::<u64>("user").map(drop);
    /// registry.on_topic_async("user::.*", export)?.detach();
    ///
    /// let spawned = registry.try_emit_topic_async("user::deleted", args! {}).spawn_tokio();
    /// let error = spawned.await?.expect_err("there is no user");
    /// assert_eq!(error.failures().len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[track_caller]
    pub fn spawn_tokio(self) -> SpawnedEmit<Result<Emitted<Args>, EmitError<Args>>> {
        let log = |result| {
            if let Err(error) = result {
                log_error(error);
            }
        };
        let topic = self.topic().to_owned().into();
        let details = Details::new(topic, self.registry().clone(), log);
        spawn(self, details)
    }
}
