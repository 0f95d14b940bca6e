//! The bodies to come.
#![allow(
    clippy::unimplemented,
    unused_qualifications,
    reason = "the bodies to come"
)]
use super::*;
use sqlx::Pool;
use std::time::Duration;
/// Never made.
pub struct NoListener;
impl Listener for NoListener {
    async fn notified(&mut self) -> Result<(), StoreError> {
        unimplemented!()
    }
}
macro_rules! skeleton {
    ($db:ty, $begin:literal) => {
        impl Engine for $db {
            const BEGIN: &'static str = $begin;
        }
        impl Migrate for $db {
            async fn migrate(_pool: &Pool<Self>) -> Result<(), StoreError> {
                unimplemented!()
            }

            async fn check_schema(_pool: &Pool<Self>) -> Result<(), StoreError> {
                unimplemented!()
            }
        }
        impl Insert for $db {
            async fn insert(
                _conn: &mut Self::Connection,
                _events: &[NewEvent],
            ) -> Result<Inserted, StoreError> {
                unimplemented!()
            }
        }
        impl Register for $db {
            async fn add_topics(
                _conn: &mut Self::Connection,
                _topics: &[String],
            ) -> Result<Vec<String>, StoreError> {
                unimplemented!()
            }

            async fn register(
                _conn: &mut Self::Connection,
                _subscribers: &[String],
                _routes: &[Route],
            ) -> Result<Registered, StoreError> {
                unimplemented!()
            }
        }
        impl Deliver for $db {
            async fn claim(
                _pool: &Pool<Self>,
                _subscriber: &str,
                _limit: u32,
                _lease: Duration,
                _most_attempts: u32,
            ) -> Result<Vec<Claim>, StoreError> {
                unimplemented!()
            }

            async fn hold(
                _conn: &mut Self::Connection,
                _claim: &Claim,
            ) -> Result<bool, StoreError> {
                unimplemented!()
            }

            async fn done(
                _conn: &mut Self::Connection,
                _claim: &Claim,
            ) -> Result<Done, StoreError> {
                unimplemented!()
            }

            async fn promote(_pool: &Pool<Self>, _claim: &Claim) -> Result<bool, StoreError> {
                unimplemented!()
            }

            async fn failed(
                _pool: &Pool<Self>,
                _claim: &Claim,
                _error: &str,
                _next: Next,
            ) -> Result<Failed, StoreError> {
                unimplemented!()
            }

            async fn hand_back(
                _pool: &Pool<Self>,
                _claims: &[&Claim],
                _delay: Duration,
            ) -> Result<u64, StoreError> {
                unimplemented!()
            }

            async fn extend(
                _pool: &Pool<Self>,
                _claims: &[&Claim],
                _lease: Duration,
            ) -> Result<Vec<bool>, StoreError> {
                unimplemented!()
            }

            async fn bury_lost(
                _pool: &Pool<Self>,
                _subscriber: &str,
                _most_attempts: u32,
                _when_dead: WhenDead,
            ) -> Result<u64, StoreError> {
                unimplemented!()
            }

            async fn sweep(_pool: &Pool<Self>, _subscriber: &str) -> Result<u64, StoreError> {
                unimplemented!()
            }

            async fn next_due(
                _pool: &Pool<Self>,
                _subscribers: &[String],
            ) -> Result<Option<Duration>, StoreError> {
                unimplemented!()
            }
        }
        impl Operate for $db {
            async fn dead_list(
                _pool: &Pool<Self>,
                _subscriber: &str,
                _limit: u32,
            ) -> Result<Vec<DeadLetter>, StoreError> {
                unimplemented!()
            }

            async fn dead_retry(
                _pool: &Pool<Self>,
                _subscriber: &str,
                _seqs: Option<&[i64]>,
            ) -> Result<u64, StoreError> {
                unimplemented!()
            }

            async fn dead_discard(
                _pool: &Pool<Self>,
                _subscriber: &str,
                _seqs: Option<&[i64]>,
            ) -> Result<u64, StoreError> {
                unimplemented!()
            }

            async fn replay(
                _pool: &Pool<Self>,
                _subscriber: &str,
                _which: &Replay,
            ) -> Result<u64, StoreError> {
                unimplemented!()
            }

            async fn pause(_pool: &Pool<Self>, _subscriber: &str) -> Result<(), StoreError> {
                unimplemented!()
            }

            async fn resume(_pool: &Pool<Self>, _subscriber: &str) -> Result<(), StoreError> {
                unimplemented!()
            }

            async fn retire(_pool: &Pool<Self>, _subscriber: &str) -> Result<u64, StoreError> {
                unimplemented!()
            }

            async fn purge(
                _pool: &Pool<Self>,
                _older_than: Duration,
                _batch: u32,
            ) -> Result<u64, StoreError> {
                unimplemented!()
            }

            async fn stats(_pool: &Pool<Self>) -> Result<Vec<Stats>, StoreError> {
                unimplemented!()
            }
        }
        impl Wake for $db {
            type Listener = NoListener;

            async fn notify(_pool: &Pool<Self>) -> Result<(), StoreError> {
                unimplemented!()
            }

            async fn listen(_pool: &Pool<Self>) -> Result<Option<Self::Listener>, StoreError> {
                unimplemented!()
            }
        }
    };
}
#[cfg(feature = "sqlite")]
skeleton!(sqlx::Sqlite, "BEGIN IMMEDIATE");
#[cfg(feature = "postgres")]
skeleton!(sqlx::Postgres, "BEGIN");
