//! Programs of several versions on one database.

use std::time::Duration;

use events_core::subscribers;
use tokio::time::timeout;

use super::engine::FaultEngine;
use crate::{
    database::{Database, event, on_both},
    log::Log,
    shop::{Shop, audit, confirm, placed, stop},
};

on_both! {
    what_was_stored_for_a_renamed_subscriber_is_reported_and_kept;
    an_event_of_another_program_waits_for_a_program_that_has_its_type;
    a_later_payload_waits_for_the_later_program;
    an_earlier_program_leaves_the_routes_of_what_it_does_not_know;
    what_waits_for_its_key_is_delivered_to_a_subscriber_without_keys;
    a_subscriber_that_is_per_key_in_one_program_alone_is_a_warning;
}

async fn a_subscriber_that_is_per_key_in_one_program_alone_is_a_warning<DB: FaultEngine>(
    database: &Database<DB>,
) {
    let (log, _guard) = Log::start();
    let shop = Shop::open(database, DB::book()).await;
    let register = async || shop.store.register(&shop.registry).await.unwrap();
    register().await;
    let warning = format!("of it subscriber=\"{}\"", DB::BOOK);
    assert_eq!(log.count(&warning), 0);
    let of_another = "UPDATE ev_route SET per_key = NOT per_key";
    DB::run(&database.pool, of_another).await;
    for _ in 0..2 {
        register().await;
        assert_eq!(log.count(&warning), 1);
    }
}

async fn what_was_stored_for_a_renamed_subscriber_is_reported_and_kept<DB: FaultEngine>(
    database: &Database<DB>,
) {
    let old = Shop::open(database, subscribers![confirm]).await;
    old.place([placed(1), placed(2)]).await;
    drop(old);
    // The same with another id.
    let mut new = Shop::unregistered(database, subscribers![audit]).await;
    let routes = new.store.register(&new.registry).await.unwrap();
    assert_eq!(
        (routes.new, routes.orphaned),
        (
            vec!["audit.all".to_owned()],
            vec!["mail.confirm".to_owned()]
        )
    );
    let stats = new.store.stats().await.unwrap();
    let orphan = stats
        .iter()
        .find(|one| one.subscriber == "mail.confirm")
        .unwrap();
    assert_eq!((orphan.depth, orphan.dead), (2, 0));
    // The new id receives what was stored before by a replay; then the old one is retired.
    let workers = new.work();
    assert_eq!(new.store.replay("audit.all").await.unwrap(), 2);
    assert_eq!(new.next_n(2).await, ["audit shop.placed"; 2]);
    assert_eq!(new.store.retire("mail.confirm").await.unwrap(), 2);
    new.drained().await;
    stop(workers).await;
}

async fn an_event_of_another_program_waits_for_a_program_that_has_its_type<DB: FaultEngine>(
    database: &Database<DB>,
) {
    let (log, _guard) = Log::start();
    let mut shop = Shop::unregistered(database, subscribers![audit]).await;
    DB::run(
        &database.pool,
        "INSERT INTO ev_topic (topic) VALUES ('shop.refunded')",
    )
    .await;
    shop.store.register(&shop.registry).await.unwrap();
    assert_eq!(
        log.count("the pattern matches a topic of another program"),
        1
    );
    for id in ["1", "2", "3"] {
        database.store(&[event(id, "shop.refunded", None)]).await;
    }
    shop.place([placed(1)]).await;
    let workers = shop.work();
    assert_eq!(shop.next().await, "audit shop.placed");
    let left = "SELECT count(*) FROM ev_delivery WHERE failed = 0 AND lost = 0";
    while database.numbers(left).await != [3] {
        tokio::task::yield_now().await;
    }
    database.let_time_pass().await;
    log.wait_for("deliveries of such events wait").await;
    stop(workers).await;
    assert_eq!(log.count("deliveries of such events wait"), 1);
    assert_eq!(database.numbers(left).await, [3]);
}

/// Written by a program of a later version; another one with that version receives it.
async fn a_later_payload_waits_for_the_later_program<DB: FaultEngine>(database: &Database<DB>) {
    let (log, _guard) = Log::start();
    let mut shop = Shop::open(database, subscribers![confirm]).await;
    let mut later = event("1", "shop.placed", Some("ada"));
    (later.version, later.data) = (7, "{}".to_owned());
    database.store(&[later]).await;
    let workers = shop.work();
    log.wait_for("deliveries of such events wait").await;
    // What is stored after it is delivered: the subscriber has no order.
    shop.place([placed(1)]).await;
    assert_eq!(shop.next().await, "confirm 1 (1 of 3) ");
    stop(workers).await;
    let stats = shop.store.stats().await.unwrap();
    assert_eq!(
        (stats[0].depth, stats[0].attempts, stats[0].dead),
        (1, 0, 0)
    );
    // The later program: here, one that reads this version.
    DB::run(
        &database.pool,
        r#"UPDATE ev_event SET version = 1, data = '{"order":9,"customer":"ada","card":""}' WHERE version = 7"#,
    )
    .await;
    database.let_time_pass().await;
    let workers = shop.work();
    assert_eq!(shop.next().await, "confirm 9 (1 of 3) ");
    shop.drained().await;
    stop(workers).await;
}

/// The subscriber of a later version receives one event more, whose type this program does not have.
async fn an_earlier_program_leaves_the_routes_of_what_it_does_not_know<DB: FaultEngine>(
    database: &Database<DB>,
) {
    let shop = Shop::open(database, subscribers![confirm, audit]).await;
    let later = "INSERT INTO ev_topic (topic) VALUES ('other.refunded');
        INSERT INTO ev_route (topic, subscriber, per_key) VALUES
            ('other.refunded', 'mail.confirm', false), ('shop.booked', 'mail.confirm', false),
            ('other.refunded', 'audit.all', false), ('other.refunded', 'another', false)";
    DB::run(&database.pool, later).await;
    shop.store.register(&shop.registry).await.unwrap();
    let count = async |route: &str| {
        let query = format!("SELECT count(*) FROM ev_route WHERE topic = {route}");
        database.numbers(&query).await[0]
    };
    assert_eq!(
        count("'other.refunded' AND subscriber = 'mail.confirm'").await,
        1
    );
    assert_eq!(
        count("'other.refunded' AND subscriber = 'another'").await,
        1
    );
    // What the program knows that its subscribers do not receive.
    assert_eq!(
        count("'shop.booked' AND subscriber = 'mail.confirm'").await,
        0
    );
    assert_eq!(
        count("'other.refunded' AND subscriber = 'audit.all'").await,
        0
    );
}

/// An earlier version of the subscriber was `per_key`, and its process ended between two steps.
async fn what_waits_for_its_key_is_delivered_to_a_subscriber_without_keys<DB: FaultEngine>(
    database: &Database<DB>,
) {
    let mut shop = Shop::open(database, subscribers![confirm]).await;
    shop.place([placed(1)]).await;
    DB::run(
        &database.pool,
        "UPDATE ev_delivery SET key = 'ada', state = 0",
    )
    .await;
    let workers = shop.work();
    let received = timeout(Duration::from_secs(9), shop.next()).await;
    assert_eq!(received.unwrap(), "confirm 1 (1 of 3) ");
    shop.drained().await;
    stop(workers).await;
}
