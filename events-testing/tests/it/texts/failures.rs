//! The complete texts of failing tests.

use events_core::{Event, args, emit_topic, emit_topic_async, enqueue_topic_from};
use events_testing::{EventMock, Events, muted};
use expect_test::{Expect, expect};

use crate::{failed_expectations, failure};

#[derive(Event, Clone)]
#[event(topic = "signup::UserRegistered")]
struct UserRegistered {
    email: String,
    #[event(secret)]
    password: String,
    age: Option<u8>,
    avatar: Avatar,
}

#[derive(Clone)]
struct Avatar;

#[derive(Event)]
#[event(topic = "signup::UserCreated")]
struct UserCreated(u32);

#[derive(Event)]
#[event(topic = "mailer::Sent")]
struct Sent;

#[derive(Event)]
#[event(topic = "signup::Borrowed")]
struct Borrowed<'a> {
    #[expect(dead_code, reason = "the event must borrow")]
    name: &'a str,
    copies: u32,
}

/// Compares the texts, with `LINE` in place of line numbers.
fn check(text: &str, expected: &Expect) {
    let mut actual = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(".rs:") {
        actual.push_str(before);
        actual.push_str(".rs:LINE");
        rest = after.trim_start_matches(|digit: char| digit.is_ascii_digit());
    }
    actual.push_str(rest);
    expected.assert_eq(&actual);
}

fn check_end_of_test(body: impl FnOnce(&Events), expected: &Expect) {
    check(
        &failed_expectations(body).expect("the test fails"),
        expected,
    );
}

fn register(email: &str) -> UserRegistered {
    UserRegistered {
        email: email.into(),
        password: "open sesame".into(),
        age: Some(36),
        avatar: Avatar,
    }
}

#[test]
fn nothing_was_emitted() {
    check_end_of_test(
        |events| {
            events.expect::<UserRegistered>();
        },
        &expect![[r#"
            an expectation does not hold

              expected `signup::UserRegistered` at least once
              at events-testing/tests/it/texts/failures.rs:LINE
              - it was not emitted

            nothing was emitted"#]],
    );
}

#[test]
fn other_events_were_emitted() {
    check_end_of_test(
        |events| {
            events
                .expect::<UserRegistered>()
                .times(1)
                .matching(|event| event.email.ends_with("@x.org"));
            events.expect_topic("mail::.*");
            UserCreated(7).emit_from("form");
            register("a@y.org").emit();
            muted::<Sent>(|| Sent.emit());
            Sent.enqueue().expect("the queue has room");
            smol::block_on(
                Borrowed {
                    name: "ada",
                    copies: 2,
                }
                .emit_async(),
            );
            emit_topic("mailer::queued", args! { to: "ada", number: 7_u8 });
            let key = || args! { secret key: "open sesame", id: Some(7) };
            smol::block_on(emit_topic_async("mailer::unlocked", key()));
            enqueue_topic_from("mailer::unlocked", key(), "form").expect("the queue has room");
        },
        &expect![[r#"
            2 of 2 expectations do not hold

              expected `signup::UserRegistered` exactly once, matching a condition
              at events-testing/tests/it/texts/failures.rs:LINE
              - `matching` did not hold once: #2
              - 2 events wait in the queue; call `events.settle()`, so that their subscribers run

              expected a topic like `mail::.*` at least once
              at events-testing/tests/it/texts/failures.rs:LINE
              - it was not emitted
              - did you mean `mailer::Sent` or `mailer::queued`?
              - 2 events wait in the queue; call `events.settle()`, so that their subscribers run

            emitted, in order:
              #1 signup::UserCreated(7)
                 emitted at events-testing/tests/it/texts/failures.rs:LINE from `form`
              #2 signup::UserRegistered { email: "a@y.org", password: [redacted], age: Some(36), avatar: .. }
                 emitted at events-testing/tests/it/texts/failures.rs:LINE
              #3 mailer::Sent
                 emitted at events-testing/tests/it/texts/failures.rs:LINE, muted
              #4 mailer::Sent
                 enqueued at events-testing/tests/it/texts/failures.rs:LINE
              #5 signup::Borrowed { name: .., copies: 2 }
                 emitted and awaited at events-testing/tests/it/texts/failures.rs:LINE
              #6 mailer::queued { to: "ada", number: 7 }
                 emitted at events-testing/tests/it/texts/failures.rs:LINE
              #7 mailer::unlocked { key: [redacted], id: Some(7) }
                 emitted and awaited at events-testing/tests/it/texts/failures.rs:LINE
              #8 mailer::unlocked { key: [redacted], id: Some(7) }
                 enqueued at events-testing/tests/it/texts/failures.rs:LINE from `form`"#]],
    );
}

#[test]
fn wrong_counts_and_another_origin() {
    check_end_of_test(
        |events| {
            events.expect::<UserCreated>().times(1).from("form");
            events.expect::<Sent>().never();
            events.expect_topic("signup::.*").at_least(5);
            for number in 0..8 {
                UserCreated(number % 2).emit_from("form");
            }
            UserCreated(9).emit_from("import");
            Sent.emit();
        },
        &expect![[r#"
            2 of 3 expectations do not hold

              expected `signup::UserCreated` exactly once, from `form`
              at events-testing/tests/it/texts/failures.rs:LINE
              - it was emitted 8 times: #1, #2, #3, #4, #5 and 3 more
              - it was emitted once without this origin: #9

              expected `mailer::Sent` never
              at events-testing/tests/it/texts/failures.rs:LINE
              - it was emitted once: #10

            emitted, in order:
              #1 signup::UserCreated(0)
                 emitted at events-testing/tests/it/texts/failures.rs:LINE from `form`, not delivered
              #2 signup::UserCreated(1)
                 emitted at events-testing/tests/it/texts/failures.rs:LINE from `form`, not delivered
              #3 signup::UserCreated(0)
                 emitted at events-testing/tests/it/texts/failures.rs:LINE from `form`, not delivered
              #4 signup::UserCreated(1)
                 emitted at events-testing/tests/it/texts/failures.rs:LINE from `form`, not delivered
              #5 signup::UserCreated(0)
                 emitted at events-testing/tests/it/texts/failures.rs:LINE from `form`, not delivered
              #6 signup::UserCreated(1)
                 emitted at events-testing/tests/it/texts/failures.rs:LINE from `form`, not delivered
              #7 signup::UserCreated(0)
                 emitted at events-testing/tests/it/texts/failures.rs:LINE from `form`, not delivered
              #8 signup::UserCreated(1)
                 emitted at events-testing/tests/it/texts/failures.rs:LINE from `form`, not delivered
              #9 signup::UserCreated(9)
                 emitted at events-testing/tests/it/texts/failures.rs:LINE from `import`, not delivered
              #10 mailer::Sent
                 emitted at events-testing/tests/it/texts/failures.rs:LINE, not delivered"#]],
    );
}

#[test]
fn wrong_order() {
    check_end_of_test(
        |events| {
            let created = events.expect::<UserCreated>();
            let sent = events.expect::<Sent>();
            events.in_order((created, sent));
            Sent.emit();
            UserCreated(1).emit();
        },
        &expect![[r#"
            1 of 3 expectations does not hold

              expected in this order
              at events-testing/tests/it/texts/failures.rs:LINE
              - first `signup::UserCreated` at least once: #2
              - then `mailer::Sent` at least once: #1

            emitted, in order:
              #1 mailer::Sent
                 emitted at events-testing/tests/it/texts/failures.rs:LINE, not delivered
              #2 signup::UserCreated(1)
                 emitted at events-testing/tests/it/texts/failures.rs:LINE, not delivered"#]],
    );
}

#[test]
fn did_you_mean() {
    check_end_of_test(
        |events| {
            events.expect::<UserRegistered>();
            events.expect_topic("mial::.*");
            events.expect_topic("signup::UserDeleted");
            emit_topic("accounts::UserRegistered", args! {});
            emit_topic("mail::sent", args! {});
            UserCreated(7).emit();
        },
        &expect![[r#"
            3 of 3 expectations do not hold

              expected `signup::UserRegistered` at least once
              at events-testing/tests/it/texts/failures.rs:LINE
              - it was not emitted
              - did you mean `accounts::UserRegistered` or `signup::UserCreated`?

              expected a topic like `mial::.*` at least once
              at events-testing/tests/it/texts/failures.rs:LINE
              - it was not emitted
              - did you mean `mail::sent`?

              expected a topic like `signup::UserDeleted` at least once
              at events-testing/tests/it/texts/failures.rs:LINE
              - it was not emitted
              - did you mean `signup::UserCreated`?

            emitted, in order:
              #1 accounts::UserRegistered
                 emitted at events-testing/tests/it/texts/failures.rs:LINE
              #2 mail::sent
                 emitted at events-testing/tests/it/texts/failures.rs:LINE
              #3 signup::UserCreated(7)
                 emitted at events-testing/tests/it/texts/failures.rs:LINE"#]],
    );
}

#[test]
fn many_events() {
    check_end_of_test(
        |events| {
            events.expect::<Sent>();
            for number in 0..1000 {
                UserCreated(number / 100).emit();
            }
            for number in 0..100 {
                UserCreated(number).emit();
            }
        },
        &expect![[r#"
            an expectation does not hold

              expected `mailer::Sent` at least once
              at events-testing/tests/it/texts/failures.rs:LINE
              - it was not emitted

            emitted, in order:
              #1 signup::UserCreated(0)
                 emitted at events-testing/tests/it/texts/failures.rs:LINE
                 100 times, to #100
              #101 signup::UserCreated(1)
                 emitted at events-testing/tests/it/texts/failures.rs:LINE
                 100 times, to #200
              #201 signup::UserCreated(2)
                 emitted at events-testing/tests/it/texts/failures.rs:LINE
                 100 times, to #300
              #301 signup::UserCreated(3)
                 emitted at events-testing/tests/it/texts/failures.rs:LINE
                 100 times, to #400
              #401 signup::UserCreated(4)
                 emitted at events-testing/tests/it/texts/failures.rs:LINE
                 100 times, to #500
              #501 signup::UserCreated(5)
                 emitted at events-testing/tests/it/texts/failures.rs:LINE
                 100 times, to #600
              #601 signup::UserCreated(6)
                 emitted at events-testing/tests/it/texts/failures.rs:LINE
                 100 times, to #700
              #701 signup::UserCreated(7)
                 emitted at events-testing/tests/it/texts/failures.rs:LINE
                 100 times, to #800
              #801 signup::UserCreated(8)
                 emitted at events-testing/tests/it/texts/failures.rs:LINE
                 100 times, to #900
              #901 signup::UserCreated(9)
                 emitted at events-testing/tests/it/texts/failures.rs:LINE
                 100 times, to #1000
              #1001 signup::UserCreated
                 emitted at events-testing/tests/it/texts/failures.rs:LINE
                 100 times, to #1100"#]],
    );
}

#[test]
fn a_long_value_is_cut_and_a_secret_is_not_shown() {
    let text = failed_expectations(|events| {
        events.expect::<Sent>();
        register(&"long".repeat(100)).emit();
    })
    .expect("the test fails");
    assert!(!text.contains("sesame"), "{text}");
    assert!(text.lines().all(|line| line.len() < 200), "{text}");
}

#[test]
fn failed_assertions_and_a_late_expectation() {
    let events = EventMock::empty();
    register("a@x.org").emit();
    UserCreated(1).emit();
    UserCreated(1).emit();
    let expected = expect![[r#"
        3 events were emitted, but none should have been

          signup::UserRegistered: once
          signup::UserCreated: twice

        emitted, in order:
          #1 signup::UserRegistered { email: "a@x.org", password: [redacted], age: Some(36), avatar: .. }
             emitted at events-testing/tests/it/texts/failures.rs:LINE
          #2 signup::UserCreated(1)
             emitted at events-testing/tests/it/texts/failures.rs:LINE
          #3 signup::UserCreated(1)
             emitted at events-testing/tests/it/texts/failures.rs:LINE"#]];
    check(&failure(|| events.assert_nothing_emitted()), &expected);
    let expected = expect![[r#"
        `mailer::Sent` was not emitted
        - if it should not be, call `assert_not_emitted` instead

        emitted, in order:
          #1 signup::UserRegistered { email: "a@x.org", password: [redacted], age: Some(36), avatar: .. }
             emitted at events-testing/tests/it/texts/failures.rs:LINE
          #2 signup::UserCreated(1)
             emitted at events-testing/tests/it/texts/failures.rs:LINE
          #3 signup::UserCreated(1)
             emitted at events-testing/tests/it/texts/failures.rs:LINE"#]];
    check(
        &failure(|| drop(events.assert_emitted::<Sent>())),
        &expected,
    );
    let expected = expect![[r#"
        this expectation is too late: `signup::UserCreated` was already emitted twice, first as
          signup::UserCreated(1)
          emitted at events-testing/tests/it/texts/failures.rs:LINE
        write the expectation before the code that emits; or call `assert_emitted::<..>()` afterwards; or discard the events recorded so far with `clear()`"#]];
    check(&failure(|| drop(events.expect::<UserCreated>())), &expected);
}
