//! What is stored, and for which subscribers.

use events_durable::testing::{Done, NewEvent};

use crate::database::{Database, TestEngine, event, ids, on_both};

on_both! {
    what_is_stored_is_delivered_as_it_was;
    what_is_rolled_back_is_not_stored;
    each_subscriber_of_a_topic_receives_each_event;
    an_event_has_a_delivery_for_each_route_of_its_topic;
    a_batch_keeps_the_order_of_its_events;
    a_delayed_event_waits_until_it_is_due;
}

async fn what_is_stored_is_delivered_as_it_was<DB: TestEngine>(database: &Database<DB>) {
    database.with_routes(&[("t", "s", true)]).await;
    let full = NewEvent {
        version: 7,
        // Before the insert: it has its place in the order of its key.
        due: Some(12),
        trace: Some("00-trace-01".to_owned()),
        parent: Some("parent".to_owned()),
        codec: "own".to_owned(),
        data: "{\"text\":\"\\u0000 \u{1f980} ' \\\" \\n\"}".to_owned(),
        ..event("full", "t", Some("key ' \u{e9}"))
    };
    let bare = event("bare", "t", None);
    // Alone, and in a batch.
    database.store(std::slice::from_ref(&full)).await;
    let again = NewEvent {
        id: "again".to_owned(),
        key: Some("other".to_owned()),
        ..full.clone()
    };
    database.store(&[bare.clone(), again.clone()]).await;
    let claims = database.claim("s", 10).await;
    let stored: Vec<_> = claims
        .into_iter()
        .map(|claim| {
            let event = claim.event;
            NewEvent {
                id: event.id,
                topic: event.topic,
                key: event.key,
                version: event.version,
                time: event.time,
                due: event.due,
                trace: event.trace,
                parent: event.parent,
                codec: event.codec,
                data: event.data,
            }
        })
        .collect();
    assert!(stored == [full, bare, again], "{stored:?}");
}

async fn what_is_rolled_back_is_not_stored<DB: TestEngine>(database: &Database<DB>) {
    database.with_routes(&[("t", "s", false)]).await;
    let mut tx = database.pool.begin_with(DB::BEGIN).await.unwrap();
    DB::insert(&mut tx, &[event("1", "t", None)]).await.unwrap();
    tx.rollback().await.unwrap();
    assert!(database.claim("s", 10).await.is_empty());
}

async fn each_subscriber_of_a_topic_receives_each_event<DB: TestEngine>(database: &Database<DB>) {
    let routes = [("t", "a", false), ("t", "b", false), ("u", "b", false)];
    database.with_routes(&routes).await;
    database.store_each(&[("1", None), ("2", None)]).await;
    database
        .store(&[event("3", "u", None), event("4", "unrouted", None)])
        .await;
    assert_eq!(database.drain("a").await, ["1", "2"]);
    assert_eq!(database.drain("b").await, ["1", "2", "3"]);
}

async fn an_event_has_a_delivery_for_each_route_of_its_topic<DB: TestEngine>(
    database: &Database<DB>,
) {
    let routes = [
        ("t", "a", false),
        ("t", "b", true),
        ("u", "b", true),
        ("v", "c", false),
    ];
    database.with_routes(&routes).await;
    let rows: [(&[&str], [i64; 3]); 5] = [
        (&[], [0, 0, 0]),
        (&["t"], [1, 1, 0]),
        (&["u"], [0, 1, 0]),
        (&["t", "u", "t"], [2, 3, 0]),
        (&["unrouted"], [0, 0, 0]),
    ];
    for (row, (topics, expected)) in rows.into_iter().enumerate() {
        DB::run(&database.pool, "DELETE FROM ev_delivery").await;
        let events = topics.iter().enumerate();
        let events = events.map(|(at, topic)| event(&format!("{row}-{at}"), topic, Some("k")));
        database.store(&events.collect::<Vec<_>>()).await;
        let mut counts = Vec::new();
        for subscriber in ["a", "b", "c"] {
            let count =
                format!("SELECT count(*) FROM ev_delivery WHERE subscriber = '{subscriber}'");
            counts.extend(database.numbers(&count).await);
        }
        assert_eq!(counts, expected, "{topics:?}");
    }
}

async fn a_batch_keeps_the_order_of_its_events<DB: TestEngine>(database: &Database<DB>) {
    database.with_routes(&[("t", "s", false)]).await;
    let names: Vec<_> = (0..2500).map(|number| number.to_string()).collect();
    let events: Vec<_> = names
        .iter()
        .map(|name| event(name, "t", Some(name)))
        .collect();
    database.store(&events).await;
    let claims = database.claim("s", 5000).await;
    assert_eq!(ids(&claims), names);
}

async fn a_delayed_event_waits_until_it_is_due<DB: TestEngine>(database: &Database<DB>) {
    database.with_routes(&[("t", "s", true)]).await;
    let delayed = NewEvent {
        due: Some(i64::MAX / 4),
        ..event("later", "t", Some("k"))
    };
    database.store(std::slice::from_ref(&delayed)).await;
    // It does not block its key until then.
    database
        .store_each(&[("now", Some("k")), ("next", Some("k"))])
        .await;
    assert_eq!(database.drain("s").await, ["now", "next"]);
    database.store_each(&[("ready", Some("k"))]).await;
    // Then it has its place, before what was stored later, and runs alone for its key.
    database.let_time_pass().await;
    database.store_each(&[("last", Some("k"))]).await;
    let first = database.claim_one("s").await;
    assert_eq!(first.event.id, "later");
    assert_eq!(database.done(&first).await, Done::Done);
    assert_eq!(database.drain("s").await, ["ready", "last"]);
}
