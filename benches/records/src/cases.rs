//! The cases of a database, and the rounds in which they are measured.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use events_core::{
    Registry,
    record::{Deleted, Deleting, Updated, Updating},
};
use events_seaorm::Db;
use sea_orm::{DbBackend, DbErr};

use crate::{
    cost::Cost,
    database::Database,
    entities::{observed, plain},
    returning::Returning,
    work,
};

/// How much is measured.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    /// Rows that are written one by one: in this many turns, this many each.
    pub(crate) turns: usize,
    pub(crate) rows: usize,
    /// Rows of a bulk write, which is one turn.
    pub(crate) bulk: usize,
    pub(crate) rounds: usize,
}

/// The cost of a case: the sum of its turns, each the lowest of the rounds.
pub(crate) struct Measured {
    /// What is written, and how: the cases of a group are compared with its first one.
    pub(crate) group: &'static str,
    pub(crate) name: &'static str,
    pub(crate) cost: Cost,
}

type Run<'d> = Box<dyn Fn() -> Pin<Box<dyn Future<Output = Result<Cost, DbErr>> + 'd>> + 'd>;

struct Case<'d> {
    group: &'static str,
    name: &'static str,
    /// The rows of the table before it.
    filled: usize,
    /// How many events its subscribers receive.
    events: usize,
    run: Run<'d>,
}

/// A pool whose events are received by subscribers that read their diffs.
struct Subscribed {
    db: Db,
    received: Arc<AtomicUsize>,
}

impl Subscribed {
    fn new(database: &Database, is_checked: bool, is_announced: bool) -> Self {
        let (registry, received) = (Registry::new(), Arc::new(AtomicUsize::new(0)));
        let count = |received: &Arc<AtomicUsize>| {
            let received = Arc::clone(received);
            move |is_received: bool| {
                received.fetch_add(usize::from(is_received), Ordering::Relaxed);
            }
        };
        if is_checked {
            let (updating, deleting) = (count(&received), count(&received));
            registry
                .on(move |event: &Updating<observed::Model>| updating(!event.diff.is_empty()))
                .detach();
            registry
                .on(move |event: &Deleting<observed::Model>| deleting(event.record.id > 0))
                .detach();
        }
        if is_announced {
            let (updated, deleted) = (count(&received), count(&received));
            registry
                .on(move |event: &Updated<observed::Model>| updated(!event.diff.is_empty()))
                .detach();
            registry
                .on(move |event: &Deleted<observed::Model>| deleted(event.record.id > 0))
                .detach();
        }
        Self {
            db: Db::new(database.pool.clone()).with_registry(&registry),
            received,
        }
    }
}

pub(crate) const UPDATES: &str = "updates";
pub(crate) const IN_TRANSACTIONS: &str = "updates, each between `begin` and `commit`";
pub(crate) const INSERTS: &str = "inserts";
pub(crate) const UPDATE_MANY: &str = "bulk update";
pub(crate) const DELETE_MANY: &str = "bulk delete";

pub(crate) const PLAIN: &str = "SeaORM";
pub(crate) const RETURNING: &str = "SeaORM, with `RETURNING`";
pub(crate) const NO_SUBSCRIBER: &str = "observed, no subscriber";
pub(crate) const AFTER: &str = "observed, `Updated` has a subscriber";
pub(crate) const EXACT: &str = "observed, `Updating` and `Updated` have one";
pub(crate) const DELETED: &str = "observed, `Deleted` has a subscriber";
pub(crate) const DELETING: &str = "observed, `Deleting` and `Deleted` have one";

/// Measures the cases of a database in turns: all of them, or those of one group.
pub(crate) async fn measure(
    database: &Database,
    size: Size,
    only: Option<&str>,
) -> Result<Vec<Measured>, DbErr> {
    let silent = Subscribed::new(database, false, false);
    let after = Subscribed::new(database, false, true);
    let exact = Subscribed::new(database, true, true);
    let mut cases = cases(database, [&silent, &after, &exact], size);
    cases.retain(|case| only.is_none_or(|only| case.group == only));
    let mut costs = vec![vec![Cost::MAX; size.turns]; cases.len()];
    for turn in (0..size.rounds).flat_map(|_| 0..size.turns) {
        for (case, lowest) in cases.iter().zip(&mut costs) {
            if turn > 0 && matches!(case.group, UPDATE_MANY | DELETE_MANY) {
                lowest[turn] = Cost::ZERO;
                continue;
            }
            database.fill(case.filled).await?;
            lowest[turn] = lowest[turn].min((case.run)().await?);
            let received: usize = [&after, &exact]
                .map(|subscribed| subscribed.received.swap(0, Ordering::Relaxed))
                .iter()
                .sum();
            assert_eq!(received, case.events, "{}: {}", case.group, case.name);
        }
    }
    let costs = cases.iter().zip(costs);
    Ok(costs
        .map(|(case, turns)| Measured {
            group: case.group,
            name: case.name,
            cost: turns.into_iter().fold(Cost::ZERO, Cost::plus),
        })
        .collect())
}

fn cases<'d>(
    database: &'d Database,
    [silent, after, exact]: [&'d Subscribed; 3],
    size: Size,
) -> Vec<Case<'d>> {
    let pool = &database.pool;
    let Size { rows, bulk, .. } = size;
    let mut cases = Vec::new();
    macro_rules! cases {
        ($group:expr, $filled:expr; $($name:expr, $events:expr => $run:expr;)*) => {
            $(cases.push(Case {
                group: $group,
                name: $name,
                filled: $filled,
                events: $events,
                run: Box::new(move || Box::pin($run)),
            });)*
        };
    }
    cases!(UPDATES, rows;
        PLAIN, 0 => work::updates::<plain::ActiveModel>(pool, pool);
        NO_SUBSCRIBER, 0 => work::updates::<observed::ActiveModel>(pool, &silent.db);
        AFTER, rows => work::updates::<observed::ActiveModel>(pool, &after.db);
        EXACT, 2 * rows => work::updates::<observed::ActiveModel>(pool, &exact.db);
    );
    if pool.get_database_backend() == DbBackend::Sqlite {
        cases!(UPDATES, rows;
            RETURNING, 0 => async move {
                work::updates::<plain::ActiveModel>(pool, &Returning(pool)).await
            };
        );
    }
    cases!(IN_TRANSACTIONS, rows;
        PLAIN, 0 => work::updates_in_transactions::<plain::ActiveModel>(pool, pool);
        NO_SUBSCRIBER, 0 => work::updates_in_transactions::<observed::ActiveModel>(pool, &silent.db);
        AFTER, rows => work::updates_in_transactions::<observed::ActiveModel>(pool, &after.db);
        EXACT, 2 * rows => work::updates_in_transactions::<observed::ActiveModel>(pool, &exact.db);
    );
    cases!(INSERTS, 0;
        PLAIN, 0 => work::inserts::<plain::ActiveModel>(rows, pool);
        NO_SUBSCRIBER, 0 => work::inserts::<observed::ActiveModel>(rows, &silent.db);
    );
    if pool.get_database_backend() == DbBackend::Sqlite {
        cases!(INSERTS, 0;
            RETURNING, 0 => async move {
                work::inserts::<plain::ActiveModel>(rows, &Returning(pool)).await
            };
        );
    }
    cases!(UPDATE_MANY, bulk;
        PLAIN, 0 => work::plain_update_many(pool);
        RETURNING, 0 => work::plain_update_many_returning(&silent.db);
        AFTER, bulk => work::update_many(&after.db);
        EXACT, 2 * bulk => work::update_many(&exact.db);
    );
    cases!(DELETE_MANY, bulk;
        PLAIN, 0 => work::plain_delete_many(pool);
        DELETED, bulk => work::delete_many(&after.db);
        DELETING, 2 * bulk => work::delete_many(&exact.db);
    );
    cases
}
