//! The command `events`: what it prints, what it asks, and what it changes.

#![cfg(all(feature = "command", feature = "sqlite"))]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::time::Duration;

use events_durable::{
    Durable,
    command::{CommandError, Terminal, run},
    testing::{Deliver, Insert, NewEvent, Next, Operate, Register, Route, WhenDead},
};
use sqlx::{Pool, Sqlite, sqlite::SqlitePoolOptions};

/// Text of each payload.
const SECRET: &str = "hunter2";

/// 2026-05-01T10:00:00Z, in milliseconds.
const TIME: i64 = 1_777_629_600_000;

fn event(order: i64) -> NewEvent {
    NewEvent {
        id: format!("event-{order}"),
        topic: "shop.placed".to_owned(),
        key: Some(order.to_string()),
        version: 1,
        time: TIME + 1000 * order,
        due: None,
        trace: None,
        parent: None,
        codec: "json".to_owned(),
        data: format!(r#"{{"password":"{SECRET}"}}"#),
    }
}

/// `mail.confirm` has two dead deliveries and one that waits, `ledger.book` three that wait.
async fn store() -> Durable<Sqlite> {
    let options = SqlitePoolOptions::new().max_connections(1);
    let pool: Pool<Sqlite> = options.connect("sqlite::memory:").await.unwrap();
    let store = Durable::<Sqlite>::with_pool(pool.clone());
    store.migrate().await.unwrap();
    let ids = ["ledger.book", "mail.confirm"].map(str::to_owned);
    let routes = ids.clone().map(|subscriber| Route {
        topic: "shop.placed".to_owned(),
        subscriber,
        per_key: false,
    });
    let mut connection = pool.acquire().await.unwrap();
    let topics = ["shop.placed".to_owned()];
    Sqlite::add_topics(&mut connection, &topics).await.unwrap();
    Sqlite::register(&mut connection, &ids, &routes, &[])
        .await
        .unwrap();
    let events = [event(1), event(2), event(3)];
    Sqlite::insert(&mut connection, &events).await.unwrap();
    drop(connection);
    let lease = Duration::from_secs(60);
    let claims = Sqlite::claim(&pool, "mail.confirm", 2, lease, 5)
        .await
        .unwrap();
    for (claim, error) in claims
        .iter()
        .zip(["no route to host", "line 1\n\x1b[31mline 2"])
    {
        let dead = Next::Dead(WhenDead::Block);
        let _ = Sqlite::failed(&pool, claim, error, dead).await.unwrap();
    }
    store
}

/// Each subscriber with the numbers of its deliveries that wait and of those that are dead, and whether it is paused.
async fn left(store: &Durable<Sqlite>) -> String {
    let stats = Sqlite::stats(store.pool()).await.unwrap();
    let texts = stats.iter().map(|of| {
        let paused = if of.paused { " paused" } else { "" };
        format!("{} {}+{}{paused}", of.subscriber, of.depth, of.dead)
    });
    texts.collect::<Vec<_>>().join(", ")
}

/// What is left if nothing is changed.
const UNCHANGED: &str = "ledger.book 3+0, mail.confirm 1+2";

/// Marks all deliveries of a subscriber that are due as done.
async fn deliver(store: &Durable<Sqlite>, subscriber: &str) {
    let lease = Duration::from_secs(60);
    let claims = Sqlite::claim(store.pool(), subscriber, 10, lease, 5)
        .await
        .unwrap();
    let mut connection = store.pool().acquire().await.unwrap();
    for claim in &claims {
        let _ = Sqlite::done(&mut *connection, claim).await.unwrap();
    }
}

/// What the command prints with this answer, and its result.
async fn command(
    store: &Durable<Sqlite>,
    arguments: &str,
    answer: &str,
) -> (String, Result<(), CommandError>) {
    let mut terminal = Terminal::new(answer.as_bytes(), Vec::new());
    let result = run(store, arguments.split_whitespace(), &mut terminal).await;
    let text = String::from_utf8(terminal.into_output()).unwrap();
    assert!(!text.contains(SECRET), "{text}");
    (text, result)
}

/// What it prints if it succeeds without an answer.
async fn printed(store: &Durable<Sqlite>, arguments: &str) -> String {
    let (text, result) = command(store, arguments, "").await;
    result.unwrap();
    text
}

/// A command that changes something: its last line, and what is left. Each form has a store of its own.
async fn check_change(arguments: &str, prints: &str, leaves: &str) {
    let confirmed = store().await;
    let text = printed(&confirmed, &format!("{arguments} --yes")).await;
    assert_eq!(text, format!("{prints}\n"), "{arguments}");
    assert_eq!(left(&confirmed).await, leaves, "{arguments}");

    let asked = store().await;
    let (text, result) = command(&asked, arguments, "Y\n").await;
    result.unwrap();
    let answered = format!("Continue? [y/N] {prints}\n");
    assert!(text.ends_with(&answered), "{arguments}: {text}");
    assert_eq!(left(&asked).await, leaves, "{arguments}");

    let text = printed(&store().await, &format!("{arguments} --yes --json")).await;
    let count = prints.split(' ').next().unwrap();
    assert_eq!(text, format!("{{\"changed\":{count}}}\n"), "{arguments}");

    for (arguments, answer) in [
        (arguments.to_owned(), "\n"),
        (arguments.to_owned(), "no\n"),
        (arguments.to_owned(), ""),
        (format!("{arguments} --json"), "y\n"),
    ] {
        let refused = store().await;
        let (text, result) = command(&refused, &arguments, answer).await;
        let refusal = matches!(result, Err(CommandError::NotConfirmed));
        assert!(refusal, "{arguments}: {text}");
        assert_eq!(left(&refused).await, UNCHANGED, "{arguments}");
        let is_json = arguments.ends_with("--json");
        assert!(!is_json || text.is_empty(), "{text}");
    }
}

#[tokio::test]
async fn what_changes_something_is_confirmed() {
    for (arguments, prints, leaves) in [
        (
            "retry mail.confirm",
            "2 dead deliveries: tried again",
            "ledger.book 3+0, mail.confirm 3+0",
        ),
        (
            "retry mail.confirm --only 1",
            "1 dead delivery: tried again",
            "ledger.book 3+0, mail.confirm 2+1",
        ),
        (
            "discard mail.confirm",
            "2 dead deliveries: deleted",
            "ledger.book 3+0, mail.confirm 1+0",
        ),
        (
            "discard mail.confirm --only 2 99",
            "1 dead delivery: deleted",
            "ledger.book 3+0, mail.confirm 1+1",
        ),
        (
            "pause mail.confirm",
            "1 subscriber: paused",
            "ledger.book 3+0, mail.confirm 1+2 paused",
        ),
        (
            "retire ledger.book",
            "3 deliveries: deleted with the subscriber",
            "mail.confirm 1+2",
        ),
        ("replay ledger.book", "0 deliveries: added", UNCHANGED),
        ("purge --older-than 1s", "0 events: deleted", UNCHANGED),
    ] {
        check_change(arguments, prints, leaves).await;
    }
}

#[tokio::test]
async fn a_question_states_what_will_change() {
    for (arguments, question) in [
        (
            "retry mail.confirm",
            "2 dead deliveries of mail.confirm will be tried again.",
        ),
        (
            "discard mail.confirm --only 1",
            "1 dead delivery of mail.confirm will be deleted.",
        ),
        (
            "replay ledger.book",
            "ledger.book will receive events once more that it has received already.",
        ),
        (
            "pause ledger.book",
            "ledger.book will be paused, with 3 deliveries.",
        ),
        (
            "retire mail.confirm",
            "mail.confirm and its 3 deliveries will be deleted. A program that still has this subscriber registers it again at its next start.",
        ),
        (
            "purge --older-than 30d",
            "Events that all subscribers have had for 30days will be deleted. They can no longer be replayed.",
        ),
    ] {
        let (text, _) = command(&store().await, arguments, "").await;
        assert_eq!(text, format!("{question}\nContinue? [y/N] "), "{arguments}");
    }
}

#[tokio::test]
async fn where_nothing_changes_there_is_no_question() {
    for (arguments, prints) in [
        ("retry ledger.book", "0 dead deliveries: tried again\n"),
        ("discard ledger.book", "0 dead deliveries: deleted\n"),
        ("resume ledger.book", "0 subscribers: resumed\n"),
    ] {
        let store = store().await;
        assert_eq!(printed(&store, arguments).await, prints);
        assert_eq!(left(&store).await, UNCHANGED);
    }
}

#[tokio::test]
async fn a_pause_ends() {
    let store = store().await;
    printed(&store, "pause mail.confirm -y").await;
    assert_eq!(
        printed(&store, "resume mail.confirm -y").await,
        "1 subscriber: resumed\n"
    );
    assert_eq!(left(&store).await, UNCHANGED);
}

#[tokio::test]
async fn a_replay_is_limited_by_time_and_topic() {
    for (limits, added) in [
        ("", 3),
        ("--since 2026-05-01T10:00:02Z", 2),
        ("--until 2026-05-01T10:00:02Z", 1),
        (
            "--since 2026-05-01T10:00:02Z --until 2026-05-01T10:00:03Z",
            1,
        ),
        ("--topic shop.placed", 3),
        ("--topic shop.paid", 0),
        ("--since 100000d", 3),
    ] {
        let store = store().await;
        deliver(&store, "ledger.book").await;
        let arguments = format!("replay ledger.book --yes --json {limits}");
        let text = printed(&store, &arguments).await;
        assert_eq!(text, format!("{{\"changed\":{added}}}\n"), "{limits}");
        let leaves = format!("ledger.book {added}+0, mail.confirm 1+2");
        assert_eq!(left(&store).await, leaves, "{limits}");
    }
}

#[tokio::test]
async fn a_purge_takes_what_all_subscribers_have() {
    let store = store().await;
    deliver(&store, "ledger.book").await;
    deliver(&store, "mail.confirm").await;
    printed(&store, "discard mail.confirm --only 1 -y").await;
    // The second one is dead, and the last one is kept for its number.
    assert_eq!(
        printed(&store, "purge --older-than 0s -y").await,
        "1 event: deleted\n"
    );
    assert_eq!(left(&store).await, "ledger.book 0+0, mail.confirm 0+1");
}

#[tokio::test]
async fn dead_deliveries_are_a_table() {
    let store = store().await;
    let expected = "\
number  subscriber    topic        key  emitted                   failed  lost  event    error
     1  mail.confirm  shop.placed  1    2026-05-01T10:00:01.000Z       1     0  event-1  no route to host
     2  mail.confirm  shop.placed  2    2026-05-01T10:00:02.000Z       1     0  event-2  line 1  [31mline 2
";
    for arguments in ["dead", "dead mail.confirm"] {
        assert_eq!(printed(&store, arguments).await, expected, "{arguments}");
    }
    let first = printed(&store, "dead mail.confirm --limit 1").await;
    assert_eq!(first.lines().count(), 2, "{first}");
    assert_eq!(
        printed(&store, "dead ledger.book").await,
        "no delivery is dead\n"
    );
}

#[tokio::test]
async fn lists_are_json_for_programs() {
    let store = store().await;
    let expected = r#"[{"emitted":"2026-05-01T10:00:01.000Z","error":"no route to host","event":"event-1","failed":1,"key":"1","lost":0,"number":1,"subscriber":"mail.confirm","topic":"shop.placed"}]"#;
    assert_eq!(
        printed(&store, "dead --json --limit 1").await,
        format!("{expected}\n")
    );
    assert_eq!(printed(&store, "dead ledger.book --json").await, "[]\n");

    deliver(&store, "ledger.book").await;
    let text = printed(&store, "stats --json").await;
    let first = r#"[{"attempts":0,"dead":0,"depth":0,"in_flight":0,"oldest_seconds":null,"paused":false,"ready":0,"subscriber":"ledger.book"},"#;
    assert!(text.starts_with(first), "{text}");
}

#[tokio::test]
async fn counts_are_a_table() {
    let store = store().await;
    deliver(&store, "ledger.book").await;
    deliver(&store, "mail.confirm").await;
    printed(&store, "pause mail.confirm -y").await;
    let expected = "\
subscriber    depth  ready  in flight  dead  attempts  oldest  paused
ledger.book       0      0          0     0         0  -       -
mail.confirm      0      0          0     2         0  -       yes
";
    assert_eq!(printed(&store, "stats").await, expected);
}

#[tokio::test]
async fn wrong_arguments_are_an_error_with_the_remedy() {
    let unknown = "the database has no subscriber `mial.confirm`; write one that it has: ledger.book, mail.confirm";
    let store = store().await;
    for (arguments, error) in [
        ("retry mial.confirm", unknown),
        ("dead mial.confirm", unknown),
        ("pause mial.confirm -y", unknown),
        ("replay mial.confirm -y", unknown),
        (
            "retry mail.confirm",
            "confirm with `y`, or in advance with --yes",
        ),
        (
            "retry",
            "the following required arguments were not provided",
        ),
        (
            "replay ledger.book --since yesterday",
            "neither an age, such as `2h` or `7d`, nor a time",
        ),
        ("purge", "--older-than <AGE>"),
        ("frobnicate", "unrecognized subcommand 'frobnicate'"),
        (
            "",
            "Stored events, their deliveries, and the subscribers that receive them\n\nUsage: events <COMMAND>",
        ),
    ] {
        let (_, result) = command(&store, arguments, "").await;
        let text = result.unwrap_err().to_string();
        assert!(text.contains(error), "{arguments}: {text}");
    }
    assert_eq!(left(&store).await, UNCHANGED);
}

#[tokio::test]
async fn help_is_no_error() {
    let text = printed(&store().await, "replay --help").await;
    assert!(text.contains("Delivers events once more"), "{text}");
}

#[tokio::test]
async fn a_database_without_tables_is_an_error() {
    let options = SqlitePoolOptions::new().max_connections(1);
    let pool = options.connect("sqlite::memory:").await.unwrap();
    let (text, result) = command(&Durable::with_pool(pool), "stats", "").await;
    assert!(matches!(result, Err(CommandError::Store(_))), "{text}");
}

/// The clock of a program may have been wrong.
#[tokio::test]
async fn a_time_that_cannot_be_written_is_shown() {
    let store = store().await;
    for time in [i64::MAX, 0] {
        let update = sqlx::query("UPDATE ev_event SET time = ?").bind(time);
        update.execute(store.pool()).await.unwrap();
        for arguments in ["dead", "dead --json", "stats", "stats --json"] {
            let text = printed(&store, arguments).await;
            assert!(text.contains("mail.confirm"), "{text}");
        }
    }
}
