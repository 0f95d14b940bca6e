//! What must hold in the end.

use std::collections::{BTreeMap, BTreeSet};

use events_durable::Durable;

use crate::{engine::TestEngine, shop::RISKY_ATTEMPTS};

/// The numbers of each key in a table, in the order in which they were written.
async fn rows<DB: TestEngine>(store: &Durable<DB>, table: &str) -> BTreeMap<String, Vec<i64>> {
    let mut conn = store.pool().acquire().await.unwrap();
    let query = format!("SELECT key, number FROM {table} ORDER BY id");
    let mut rows = BTreeMap::<_, Vec<_>>::new();
    for (key, number) in DB::pairs(&mut conn, query).await.unwrap() {
        rows.entry(key).or_default().push(number);
    }
    rows
}

fn sorted(mut rows: BTreeMap<String, Vec<i64>>) -> BTreeMap<String, Vec<i64>> {
    rows.values_mut()
        .for_each(|numbers| numbers.sort_unstable());
    rows
}

/// Without the repetitions.
fn firsts(mut rows: BTreeMap<String, Vec<i64>>) -> BTreeMap<String, Vec<i64>> {
    for numbers in rows.values_mut() {
        let mut found = BTreeSet::new();
        numbers.retain(|number| found.insert(*number));
    }
    rows
}

/// The rows of each subscriber are those of the events that were committed.
pub(crate) async fn check_effects<DB: TestEngine>(store: &Durable<DB>) -> usize {
    let mut emitted = rows(store, "emitted").await;
    emitted.remove("risky");
    let count = emitted.values().flatten().count();
    assert!(count > 0, "nothing was emitted");
    // Committed in the order of their numbers.
    for numbers in emitted.values() {
        assert!(numbers.iter().copied().eq(1..=numbers.len() as i64));
    }
    // Exactly once, and in the order of the commits.
    assert_eq!(rows(store, "booked").await, emitted, "booked");
    assert_eq!(sorted(rows(store, "audited").await), emitted, "audited");
    // At least once, and nothing before all that is earlier.
    assert_eq!(firsts(rows(store, "sent").await), emitted, "sent");
    count
}

/// A poisonous event dies alone, after all its attempts; some of them may be lost to a kill.
pub(crate) async fn check<DB: TestEngine>(store: &Durable<DB>, poisonous: u64, attempts: u64) {
    let events = check_effects(store).await;
    let mut risky = rows(store, "emitted").await.remove("risky").unwrap();
    risky.retain(|number| number % 10 != 4);
    assert_eq!(sorted(rows(store, "risked").await)[""], risky, "risked");
    let dead = store.dead("kills.risk").list(100).await.unwrap();
    assert_eq!(dead.len() as u64, poisonous, "{dead:?}");
    for letter in &dead {
        assert!(
            letter.payload.contains(r#""is_poisonous":true"#),
            "{}",
            letter.payload
        );
        assert_eq!((letter.failed, letter.lost), (0, RISKY_ATTEMPTS));
    }
    let most = poisonous * u64::from(RISKY_ATTEMPTS);
    assert!(
        (poisonous..=most).contains(&attempts),
        "{attempts} attempts"
    );
    for one in store.stats().await.unwrap() {
        assert_eq!(one.depth, 0, "{one:?}");
        if one.subscriber != "kills.risk" {
            assert_eq!(one.dead, 0, "{one:?}");
        }
    }
    println!(
        "{}: {events} events, {attempts} attempts of poisonous ones",
        DB::NAME
    );
}
