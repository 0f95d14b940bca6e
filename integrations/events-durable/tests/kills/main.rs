//! Processes that emit and deliver and are killed: what was committed is delivered, whatever happens to them.
//!
//! The binary starts itself as the processes: with variables of the environment, in which the first test is what a process
//! does. `EVENTS_KILLS` is the number of kills of each database, `EVENTS_SEED` the seed, which is printed. The processes end with
//! this one: at the end of their standard input. The tests of PostgreSQL run if it is installed; see `server`.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(
    clippy::print_stdout,
    reason = "the test reads the lines of its processes"
)]

mod check;
mod children;
mod engine;
#[path = "../it/log.rs"]
mod log;
mod outage;
mod process;
mod random;
mod server;
mod shop;

use std::{env, time::Duration};

use sqlx::{Postgres, Sqlite};

use crate::{
    check::check_effects,
    children::{End, Role, start},
    engine::{Place, TestEngine},
    log::Log,
    outage::Server,
    process::{run_if_started, until_all_is_delivered},
    random::Random,
    shop::{create, emit_risky, place_some},
};

/// How often processes are killed.
fn kills() -> u64 {
    let kills = env::var("EVENTS_KILLS").ok();
    kills.map_or(2, |kills| kills.parse().expect("EVENTS_KILLS is a number"))
}

fn seed() -> u64 {
    let seed = env::var("EVENTS_SEED").ok();
    seed.map_or_else(random::new_seed, |seed| {
        seed.parse().expect("EVENTS_SEED is a number")
    })
}

/// Two processes, of which one after another is killed at a random line of its output; `between` is called after some kills. In
/// the end one process delivers what is left.
fn check<DB: TestEngine>(place: &Place, mut between: impl FnMut()) {
    let (kills, seed) = (kills(), seed());
    println!("{}: {kills} kills, EVENTS_SEED={seed}", DB::NAME);
    let mut random = Random::new(seed);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let shop = runtime.block_on(create::<DB>(place));
    let store = &shop.store;
    let mut poisonous = runtime.block_on(emit_risky(store, 0));
    let start = |role| start(place, role, random_seed(seed));
    let mut children = [start(Role::Emits), start(Role::Emits)];
    let mut attempts = 0;
    for kill in 0..kills {
        let which = random.below(2) as usize;
        let lines = 1 + random.below(250);
        // One that has ended by itself was ended by a poisonous event.
        while let End::Ended = children[which].wait_for_lines(lines) {
            attempts += children[which].kill();
            children[which] = start(Role::Emits);
        }
        attempts += children[which].kill();
        children[which] = start(Role::Emits);
        if random.below(3) == 0 {
            between();
        }
        if kill == kills / 2 {
            poisonous += runtime.block_on(emit_risky(store, 100));
        }
    }
    for child in &mut children {
        attempts += child.kill();
    }
    loop {
        let mut last = start(Role::Finishes);
        let end = last.wait_for_the_end();
        attempts += last.kill();
        if end == End::Finished {
            break;
        }
    }
    runtime.block_on(check::check(store, poisonous, attempts));
    runtime.block_on(store.pool().close());
}

/// Another seed for each process.
fn random_seed(seed: u64) -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(1);
    seed.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed))
}

#[test]
fn processes_on_sqlite_are_killed_and_nothing_is_lost() {
    run_if_started();
    let place = Place::file();
    check::<Sqlite>(&place, || {});
}

#[test]
fn processes_on_postgres_are_killed_and_nothing_is_lost_nor_when_the_server_is() {
    let Some(server) = Server::lock() else {
        return;
    };
    let place = server.place("kills");
    check::<Postgres>(&place, || {
        server.stop();
        server.start();
    });
}

/// What was begun fails or is repeated, the workers back off, it is logged once, and all continues by itself.
#[tokio::test]
async fn the_server_is_gone_for_a_while() {
    let Some(server) = Server::lock() else {
        return;
    };
    let (log, _guard) = Log::start();
    let shop = create::<Postgres>(&server.place("outage")).await;
    let store = &shop.store;
    place_some(&shop, &["a", "b"], false).await.unwrap();
    server.stop();
    assert!(place_some(&shop, &["a"], false).await.is_err());
    let workers = store.worker().concurrency(3).spawn_tokio();
    log.wait_for("the workers cannot use the database").await;
    server.start();
    until_all_is_delivered(store).await;
    place_some(&shop, &["a", "b"], false).await.unwrap();
    until_all_is_delivered(store).await;
    assert!(workers.shutdown(Duration::from_secs(60)).await);
    check_effects(store).await;
    assert_eq!(log.count("the workers cannot use the database"), 1);
}
