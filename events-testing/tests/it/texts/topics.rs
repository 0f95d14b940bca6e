//! Topics in the texts of a failing test: on one line, without control characters, and cut.

use events_core::{AnyEvent, args, emit_topic};
use events_testing::EventMock;

use crate::failure;

#[test]
fn a_topic_is_shown_on_one_line_and_cut() {
    let broken = "mail\n\u{1b}[31m::sent";
    let long = "mail::".repeat(20_000);
    for (topic, shown) in [
        (broken, "mail\\n\\u{1b}[31m::sent"),
        (&*long, "mail::mail::"),
    ] {
        let texts: [fn(&str) -> String; 5] = [
            |topic| {
                failure(|| {
                    let events = EventMock::empty();
                    events.expect_topic("mai::.*");
                    emit_topic(topic, args! {});
                })
            },
            |topic| {
                failure(|| {
                    let events = EventMock::empty();
                    emit_topic(topic, args! {});
                    events.assert_nothing_emitted();
                })
            },
            |topic| {
                failure(|| {
                    let events = EventMock::empty();
                    emit_topic(topic, args! {});
                    events.assert_not_emitted_topic("(?s)mail.*");
                })
            },
            |topic| {
                failure(|| {
                    let events = EventMock::empty();
                    emit_topic(topic, args! {});
                    events.expect_topic("(?s)mail.*");
                })
            },
            |topic| {
                failure(|| {
                    let events = EventMock::empty();
                    let fails = |_: &dyn AnyEvent| Err::<(), _>("no");
                    let subscription = events_core::registry().on_topic("(?s)mail.*", fails);
                    subscription.expect("it is a pattern").detach();
                    emit_topic(topic, args! {});
                    events.verify();
                })
            },
        ];
        for text in texts {
            let text = text(topic);
            assert!(text.contains(shown), "{text:?}");
            assert!(text.len() < 4000, "{} bytes", text.len());
        }
    }
}
