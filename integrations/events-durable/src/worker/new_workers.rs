//! The settings of workers, and their start.

use std::{fmt, sync::Arc, time::Duration};

use tokio::sync::watch;

use super::{
    batch::InHand,
    handle::Workers,
    outage::Outage,
    run::{Task, listen},
    settings::Settings,
    upkeep,
};
use crate::{facade::Durable, store::Engine};

/// Workers that are to be started; returned by [`Durable::worker`].
///
/// ```
/// use std::time::Duration;
/// use events_durable::Durable;
/// use sqlx::Sqlite;
///
/// async fn run(store: &Durable<Sqlite>) {
///     let workers = store.worker().concurrency(4).poll_interval(Duration::from_millis(500)).spawn_tokio();
///     // .. until the program is to end
///     workers.shutdown(Duration::from_secs(5)).await;
/// }
/// ```
#[must_use = "nothing runs before `.spawn_tokio()`"]
pub struct NewWorkers<DB: Engine> {
    store: Durable<DB>,
    settings: Settings,
}

impl<DB: Engine> Durable<DB> {
    /// Workers of this program; see [`NewWorkers`].
    pub fn worker(&self) -> NewWorkers<DB> {
        NewWorkers::new(self.clone())
    }
}

impl<DB: Engine> NewWorkers<DB> {
    fn new(store: Durable<DB>) -> Self {
        let settings = Settings {
            concurrency: 1,
            poll_interval: Duration::from_millis(500),
            lease: Duration::from_secs(30),
            claim_size: 50,
        };
        Self { store, settings }
    }

    /// Sets how many subscribers run at the same time; otherwise one. With a pool of fewer connections they wait for one.
    ///
    /// # Panics
    ///
    /// If it is 0.
    pub fn concurrency(mut self, number: usize) -> Self {
        assert!(
            number > 0,
            "without a worker nothing is delivered; write 1 or more"
        );
        self.settings.concurrency = number;
        self
    }

    /// Sets after which time an idle worker looks for events that nothing has told it of; otherwise 500 ms.
    ///
    /// # Panics
    ///
    /// If it is zero.
    pub fn poll_interval(mut self, time: Duration) -> Self {
        assert!(
            !time.is_zero(),
            "a worker that polls without a pause keeps the database busy; write 100 ms or more"
        );
        self.settings.poll_interval = time;
        self
    }

    /// Sets after which time another worker may take a delivery over whose process has ended; otherwise 30 s. Subscribers may
    /// take longer.
    ///
    /// # Panics
    ///
    /// If it is shorter than 1 ms.
    pub fn lease(mut self, time: Duration) -> Self {
        assert!(
            time >= Duration::from_millis(1),
            "a lease of less than 1 ms ends before a subscriber begins"
        );
        self.settings.lease = time;
        self
    }

    /// Sets how many deliveries are claimed at once; otherwise 50. Fewer are claimed if the subscriber is slow.
    ///
    /// # Panics
    ///
    /// If it is 0.
    pub fn claim_size(mut self, number: u32) -> Self {
        assert!(
            number > 0,
            "a claim of 0 deliveries takes none; write 1 or more"
        );
        self.settings.claim_size = number;
        self
    }

    /// Starts the workers as tasks of tokio. They deliver to the subscribers that the store has registered, and wait for these
    /// until there are some: a warning says so after a first wait. If the handle is dropped, they end where they are, and hand back
    /// nothing.
    ///
    /// On PostgreSQL, subsequent deliveries to a subscriber that takes a `Tx` may use one connection, which is not returned to the pool
    /// in between: a setting of the session, such as one made with `SET ROLE`, is that of the next delivery as well, also if
    /// `after_release` of the pool would reset it. Use `SET LOCAL`.
    ///
    /// # Panics
    ///
    /// Outside of a runtime of tokio.
    pub fn spawn_tokio(self) -> Workers<DB> {
        let Self { store, settings } = self;
        let stop = watch::Sender::new(false);
        let outage = Arc::new(Outage::default());
        let mut tasks = Vec::new();
        let mut in_hand = Vec::new();
        for number in 0..settings.concurrency {
            let held = Arc::new(InHand::default());
            let task = Task {
                store: store.clone(),
                settings,
                number,
                in_hand: Arc::clone(&held),
                outage: Arc::clone(&outage),
                stop: stop.subscribe(),
                woken: store.0.waker.subscribe(),
            };
            in_hand.push(held);
            tasks.push(tokio::spawn(task.run()));
        }
        let listener = tokio::spawn(listen(
            store.clone(),
            settings.poll_interval,
            stop.subscribe(),
        ));
        let purge = tokio::spawn(upkeep::purge(store.clone(), stop.subscribe()));
        Workers::new(store, stop, tasks, [listener, purge], in_hand)
    }

    /// The first task as a future, for the tests of this crate: they drop it at each of its awaits.
    pub(crate) async fn run_alone(self) {
        let Self { store, settings } = self;
        let stop = watch::Sender::new(false);
        let task = Task {
            store: store.clone(),
            settings,
            number: 0,
            in_hand: Arc::default(),
            outage: Arc::default(),
            stop: stop.subscribe(),
            woken: store.0.waker.subscribe(),
        };
        task.run().await;
    }
}

impl<DB: Engine> fmt::Debug for NewWorkers<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewWorkers")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
