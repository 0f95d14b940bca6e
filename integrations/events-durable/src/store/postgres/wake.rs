//! Notifications of PostgreSQL.

use sqlx::{Pool, Postgres, pool::PoolOptions, postgres::PgListener};

use crate::store::{
    error::StoreError,
    wake::{Listener, Wake},
};

/// The channel of a database. Workers of another schema of it are woken as well, and find nothing.
const CHANNEL: &str = "ev_event";

impl Wake for Postgres {
    type Listener = PgListener;

    async fn notify(pool: &Pool<Self>) -> Result<(), StoreError> {
        // A notification is written to the log as a transaction. It need not wait for the disk.
        sqlx::query("SELECT pg_notify($1, ''), set_config('synchronous_commit', 'off', true)")
            .bind(CHANNEL)
            .execute(pool)
            .await?;
        Ok(())
    }

    async fn listen(pool: &Pool<Self>) -> Result<Option<PgListener>, StoreError> {
        // Of its own, so that it takes none from the pool.
        let own = PoolOptions::new()
            .max_connections(1)
            .max_lifetime(None)
            .idle_timeout(None)
            .connect_lazy_with((*pool.connect_options()).clone());
        let mut listener = PgListener::connect_with(&own).await?;
        listener.listen(CHANNEL).await?;
        Ok(Some(listener))
    }
}

impl Listener for PgListener {
    async fn notified(&mut self) -> Result<(), StoreError> {
        self.try_recv().await?;
        // One look is enough for all that have arrived.
        while self.next_buffered().is_some() {}
        Ok(())
    }
}
