//! What a process does.

use std::{env, io, process, time::Duration};

use events_durable::Durable;
use sqlx::{Postgres, Sqlite};
use tokio::time::sleep;

use crate::{
    children::{PLACE, ROLE, Role, SEED, STARTED},
    engine::{Place, TestEngine},
    random::Random,
    shop::{KEYS, Shop, open, place_some},
};

/// The lease of the deliveries; those of a process that was killed wait for its end.
const LEASE: Duration = Duration::from_secs(1);

/// Returns, unless this process was started by [`start`](super::children::start).
pub(crate) fn run_if_started() {
    let Ok(place) = env::var(PLACE) else {
        return;
    };
    println!("{STARTED}");
    // The end of the other process ends this one.
    std::thread::spawn(|| {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        process::exit(0);
    });
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let place = Place::from_text(&place);
    match &place {
        Place::File(_) => runtime.block_on(work::<Sqlite>(&place)),
        Place::Server(..) => runtime.block_on(work::<Postgres>(&place)),
    }
    // The file is that of the other process.
    process::exit(0);
}

async fn work<DB: TestEngine>(place: &Place) {
    let seed = env::var(SEED).unwrap().parse().unwrap();
    // The server may be gone; the test starts another process.
    let Ok(shop) = open::<DB>(place).await else {
        return;
    };
    let workers = shop
        .store
        .worker()
        .concurrency(3)
        .lease(LEASE)
        .poll_interval(Duration::from_millis(100))
        .spawn_tokio();
    match Role::from_text(&env::var(ROLE).unwrap()) {
        Role::Emits => emit(&shop, Random::new(seed)).await,
        Role::Finishes => until_all_is_delivered(&shop.store).await,
    }
    workers.shutdown(Duration::from_secs(60)).await;
    println!("finished");
}

/// Emits, as long as not much waits.
async fn emit<DB: TestEngine>(shop: &Shop<DB>, mut random: Random) {
    loop {
        let mut keys = KEYS.to_vec();
        keys.retain(|_| random.below(3) == 0);
        let is_rolled_back = random.below(8) == 0;
        // The server may be gone.
        let placed = place_some(shop, &keys, is_rolled_back).await;
        let stats = shop.store.stats().await.unwrap_or_default();
        if placed.is_err() || stats.iter().any(|one| one.depth > 40) {
            sleep(Duration::from_millis(20)).await;
        }
    }
}

pub(crate) async fn until_all_is_delivered<DB: TestEngine>(store: &Durable<DB>) {
    loop {
        let stats = store.stats().await;
        if stats.is_ok_and(|stats| stats.iter().all(|one| one.depth == 0)) {
            return;
        }
        sleep(Duration::from_millis(20)).await;
    }
}
