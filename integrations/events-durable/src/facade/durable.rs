//! The store, and what it stores.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use events_core::Registry;
use events_sqlx::{Tx, TxError};
use sqlx::Pool;

use super::{error::DurableError, stores::Stores, subscribers::Subscribers};
use crate::{
    event::{DurableEvent, encode},
    staging::new_event,
    store::{Engine, NewEvent, PURGE_BATCH, Stats, StoreError, WhenDead},
    wake::{TraceFn, Waker},
};

/// A store of events, in the database of the business data: what is emitted in a transaction is stored in it, and workers deliver
/// it to the durable subscribers.
///
/// It is a handle: its clones are the same store. The [crate](crate) has an example of all of it.
///
/// ```
/// use events_durable::{Durable, DurableError};
/// use sqlx::Sqlite;
///
/// async fn open(url: &str) -> Result<Durable<Sqlite>, DurableError> {
///     let store = Durable::connect(url).await?;
///     store.migrate().await?;
///     Ok(store)
/// }
/// ```
pub struct Durable<DB: Engine>(pub(crate) Arc<Inner<DB>>);

/// What the clones of a store share.
pub(crate) struct Inner<DB: Engine> {
    pub(crate) pool: Pool<DB>,
    pub(crate) waker: Arc<Waker<DB>>,
    pub(crate) settings: Settings,
    /// The subscriber, topic and version of deliveries that wait, which is logged once.
    pub(crate) waiting: Mutex<BTreeSet<(String, String, i32)>>,
    registered: Mutex<Option<Registered>>,
}

/// The settings of a store.
#[derive(Clone, Copy)]
pub(crate) struct Settings {
    pub(crate) retain: Duration,
    pub(crate) when_dead: WhenDead,
    trace: Option<TraceFn>,
}

/// What a store has registered.
struct Registered {
    stores: Stores,
    subscribers: Arc<Subscribers>,
}

impl<DB: Engine> Clone for Durable<DB> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// How long events are kept that all subscribers have: 7 days.
const RETAIN: Duration = Duration::from_hours(7 * 24);

impl<DB: Engine> Durable<DB> {
    /// A store in the database of this pool, in which the business data is as well.
    ///
    /// With SQLite the pool should have a `busy_timeout`, as that of sqlx has: one transaction writes at a time.
    #[must_use]
    pub fn with_pool(pool: Pool<DB>) -> Self {
        let settings = Settings {
            retain: RETAIN,
            when_dead: WhenDead::default(),
            trace: None,
        };
        Self::with_settings(pool, settings)
    }

    fn with_settings(pool: Pool<DB>, settings: Settings) -> Self {
        let waker = Arc::new(Waker::new(pool.clone(), settings.trace));
        Self(Arc::new(Inner {
            pool,
            waker,
            settings,
            waiting: Mutex::default(),
            registered: Mutex::default(),
        }))
    }

    /// A store in the database with this URL. SQLite makes a file that is not there if the URL ends in `?mode=rwc`.
    ///
    /// # Errors
    ///
    /// If the database cannot be reached; if the URL is one of another database, [`StoreError::Other`] with the remedy.
    pub async fn connect(url: &str) -> Result<Self, DurableError> {
        if let Some((scheme, _)) = url.split_once(':')
            && is_scheme(scheme)
            && !is_own::<DB>(scheme)
        {
            let own = DB::URL_SCHEMES[0];
            let text = format!(
                "the URL begins with `{scheme}:`, and this store is one of {}; write a URL that begins with `{own}:`, or open the \
                 store as that of the other database",
                DB::NAME
            );
            return Err(StoreError::Other(text).into());
        }
        Ok(Self::with_pool(Pool::connect(url).await?))
    }

    /// Sets how long events are kept after all subscribers have them; otherwise 7 days. To be called first, before the store is
    /// cloned or registered.
    #[must_use]
    pub fn retain(self, time: Duration) -> Self {
        let settings = Settings {
            retain: time,
            ..self.0.settings
        };
        Self::with_settings(self.0.pool.clone(), settings)
    }

    /// Sets what a dead delivery does to the later ones of its key; otherwise it blocks them. To be called first.
    #[must_use]
    pub fn when_dead(self, when_dead: WhenDead) -> Self {
        let settings = Settings {
            when_dead,
            ..self.0.settings
        };
        Self::with_settings(self.0.pool.clone(), settings)
    }

    /// Sets what returns the text of the span that an emit is in, such as a `traceparent`: it is stored with the event, and the
    /// span of each delivery has it. To be called first.
    ///
    /// In the process of the emit, the span of a delivery also follows from that of the emit, without a text.
    #[must_use]
    pub fn trace(self, trace: fn() -> Option<String>) -> Self {
        let settings = Settings {
            trace: Some(trace),
            ..self.0.settings
        };
        Self::with_settings(self.0.pool.clone(), settings)
    }

    /// The pool.
    #[must_use]
    pub fn pool(&self) -> &Pool<DB> {
        &self.0.pool
    }

    /// Makes the tables, or brings them to the version of this program. Programs may do so at once.
    ///
    /// # Errors
    ///
    /// Of the database; if a later version of this crate has made the tables.
    ///
    /// # Cancellation
    ///
    /// If the future is dropped, all tables are made or none.
    pub async fn migrate(&self) -> Result<(), DurableError> {
        Ok(DB::migrate(&self.0.pool).await?)
    }

    /// Whether this registry is the one that is registered.
    pub(super) fn has_registered(&self, registry: &Registry) -> bool {
        let registered = self.registered();
        registered
            .as_ref()
            .is_some_and(|one| one.stores.registry() == registry)
    }

    /// Replaces what is registered. After an error it is as before.
    pub(super) fn set_registered(
        &self,
        registry: &Registry,
        subscribers: Subscribers,
    ) -> Result<(), DurableError> {
        let subscribers = Arc::new(subscribers);
        let mut registered = self.registered();
        if let Some(one) = &mut *registered
            && one.stores.registry() == registry
        {
            // What is emitted meanwhile is stored: its event types are those of the program, which do not change.
            one.subscribers = subscribers;
            return Ok(());
        }
        let stores = Stores::subscribe(registry, &self.0.waker)?;
        let before = registered.replace(Registered {
            stores,
            subscribers,
        });
        drop(registered);
        drop(before);
        Ok(())
    }

    fn registered(&self) -> std::sync::MutexGuard<'_, Option<Registered>> {
        self.0
            .registered
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn subscribers(&self) -> Option<Arc<Subscribers>> {
        let registered = self.registered();
        registered.as_ref().map(|one| Arc::clone(&one.subscribers))
    }

    /// Begins a transaction, which emits to the registry that is registered; before [`register`](Self::register), to the one
    /// that is the current one at the emit.
    ///
    /// # Errors
    ///
    /// Of the database.
    ///
    /// # Cancellation
    ///
    /// As [`Tx::begin`].
    pub async fn begin(&self) -> Result<Tx<'static, DB>, TxError> {
        let tx = Tx::begin_with(&self.0.pool, DB::BEGIN_TX).await?;
        // In another registry, nothing would store what is emitted.
        let registered = self.registered();
        Ok(match &*registered {
            Some(one) => tx.with_registry(one.stores.registry()),
            None => tx,
        })
    }

    /// Stores an event in the transaction of this connection, which need not be a [`Tx`]: no subscriber is called, and the
    /// workers find it at their next poll.
    ///
    /// # Errors
    ///
    /// Of the database; if the event cannot be written.
    ///
    /// # Cancellation
    ///
    /// If the future is dropped, it is not known whether the event is stored: roll the transaction back.
    pub async fn store<E: DurableEvent>(
        &self,
        conn: &mut DB::Connection,
        event: &E,
    ) -> Result<(), DurableError> {
        self.store_all(conn, [event]).await
    }

    /// Stores several events of one type, as one batch; see [`store`](Self::store).
    ///
    /// # Errors
    ///
    /// As `store`; none is stored then, if the transaction is rolled back.
    ///
    /// # Cancellation
    ///
    /// As `store`.
    pub async fn store_all<'e, E: DurableEvent>(
        &self,
        conn: &mut DB::Connection,
        events: impl IntoIterator<Item = &'e E> + Send,
    ) -> Result<(), DurableError> {
        let events: Result<Vec<NewEvent>, _> = events
            .into_iter()
            .map(|event| Ok(new_event(encode(event)?, None, self.0.waker.trace())))
            .collect();
        let events = events.map_err(DurableError::Encode)?;
        if !events.is_empty() {
            DB::insert(conn, &events).await?;
        }
        Ok(())
    }

    /// Delivers nothing to the subscriber until it is resumed, in all programs. An id that the database does not have yet is paused as
    /// well, and receives nothing when it is registered: a wrong id is no error, but [`stats`](Self::stats) shows it as paused.
    ///
    /// # Errors
    ///
    /// Of the database.
    pub async fn pause(&self, subscriber: &str) -> Result<(), DurableError> {
        Ok(DB::pause(&self.0.pool, subscriber).await?)
    }

    /// Ends a pause. Nothing changes if there is none.
    ///
    /// # Errors
    ///
    /// Of the database; [`DurableError::UnknownSubscriber`].
    pub async fn resume(&self, subscriber: &str) -> Result<(), DurableError> {
        self.check_known(subscriber).await?;
        DB::resume(&self.0.pool, subscriber).await?;
        Arc::clone(&self.0.waker).wake();
        Ok(())
    }

    /// Deletes a subscriber that no program has any more from the database, with what it has not received. Returns how many
    /// deliveries that were. One that a program still has receives nothing until that program registers again: if it is this
    /// program, that is a warning.
    ///
    /// # Errors
    ///
    /// Of the database; [`DurableError::UnknownSubscriber`].
    ///
    /// # Cancellation
    ///
    /// If the future is dropped, all of it is deleted or nothing.
    pub async fn retire(&self, subscriber: &str) -> Result<u64, DurableError> {
        self.check_known(subscriber).await?;
        let deliveries = DB::retire(&self.0.pool, subscriber).await?;
        if self.has_own(subscriber) {
            tracing::warn!(
                target: "events_durable",
                subscriber,
                "the subscriber is retired, and this program still has it: it receives nothing that is stored before the next `register`",
            );
        }
        Ok(deliveries)
    }

    /// Deletes the events that all subscribers have had for as long as [`retain`](Self::retain) says. Workers do this each hour.
    /// Returns how many that were.
    ///
    /// The time counts from the first purge that finds that all subscribers have the event: with a worker, the event is kept at most
    /// two hours longer. After a [`replay`](Self::replay) of the event it counts anew. A purge ends early while a replay adds its
    /// deliveries.
    ///
    /// # Errors
    ///
    /// Of the database.
    ///
    /// # Cancellation
    ///
    /// If the future is dropped, some of the events are deleted.
    pub async fn purge(&self) -> Result<u64, DurableError> {
        Ok(DB::purge(&self.0.pool, self.0.settings.retain, PURGE_BATCH).await?)
    }

    /// What each subscriber has before it.
    ///
    /// # Errors
    ///
    /// Of the database.
    pub async fn stats(&self) -> Result<Vec<Stats>, DurableError> {
        Ok(DB::stats(&self.0.pool).await?)
    }
}

/// Whether a URL of the database begins with it: one of SQLite may be a URI of SQLite itself.
fn is_own<DB: Engine>(scheme: &str) -> bool {
    let schemes = DB::URL_SCHEMES;
    schemes.contains(&scheme) || (scheme == "file" && schemes.contains(&"sqlite"))
}

/// Whether this may be the scheme of a URL. The path of a file of SQLite has none, and a drive, such as `C`, is one letter.
fn is_scheme(text: &str) -> bool {
    text.len() > 1 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

impl<DB: Engine> fmt::Debug for Durable<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Durable").finish_non_exhaustive()
    }
}
