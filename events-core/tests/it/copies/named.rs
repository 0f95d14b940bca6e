//! Named events, which have a topic and arguments, and subscribers that take a copy of them.

use std::sync::Arc;

use events_core::{Emission, EventCopy, Registry, args, emitting::Args};

use super::{VERBS, Verb};
use crate::{Journal, block_on};

/// Emits a named event from `desk`, and flushes the queue. Returns the arguments that the emitter gets back.
fn emit(registry: &Registry, verb: Verb, args: Args) -> Args {
    let topic = "copies::named";
    let back = match verb {
        Verb::Emit => registry.emit_topic_from(topic, args, "desk"),
        Verb::EmitAsync => block_on(registry.emit_topic_async_from(topic, args, "desk")),
        Verb::Enqueue => {
            assert!(registry.enqueue_topic_from(topic, args, "desk").is_ok());
            Args::new()
        }
    };
    registry.queue().flush();
    back
}

#[test]
fn they_receive_the_arguments_and_the_emission() {
    for verb in VERBS {
        let (registry, journal) = (Registry::new(), Journal::default());
        let noted = journal.clone();
        let deferred = move |event: &EventCopy, emission: &Emission| {
            let (user, card) = (event.get::<u64>("user"), event.arg::<&str>("card"));
            noted.note(format!("{event:?} {user:?} {card:?}"));
            let origin = event.origin().map(ToString::to_string);
            assert_eq!(emission.origin().map(ToString::to_string), origin);
            noted.note(format!("{} {} {origin:?}", event.topic(), emission.topic()));
        };
        let _deferred = registry
            .on_topic_deferred("copies::.*", deferred)
            .expect("a pattern");
        let noted = journal.clone();
        let of_copy = move |event: &EventCopy| {
            let (noted, user) = (noted.clone(), event.arg::<u32>("user").copied());
            async move { noted.note(format!("async {user:?}")) }
        };
        let _async = registry
            .on_topic_async("copies::.*", of_copy)
            .expect("a pattern");

        emit(&registry, verb, args! { user: 7_u32, secret card: "4711" });
        let mut notes = journal.take();
        notes.sort();
        let expected = [
            "async Some(7)",
            r#"copies::named copies::named Some("desk")"#,
            r#"copies::named { user: .., card: [redacted] } Ok(7) Some("4711")"#,
        ];
        assert_eq!(notes, expected, "{verb:?}");
    }
}

#[test]
fn a_copy_shares_the_values() {
    for verb in VERBS {
        let registry = Registry::new();
        let kept = Arc::new(std::sync::Mutex::new(Vec::new()));
        let keeps = Arc::clone(&kept);
        let keep = move |event: &EventCopy| keeps.lock().expect("not poisoned").push(event.clone());
        let _keep = registry.on_topic_deferred(".*", keep).expect("a pattern");
        let value = Arc::new(());
        let back = emit(&registry, verb, args! { value: Arc::clone(&value) });
        assert_eq!(Arc::strong_count(&value), 2, "{verb:?}");
        drop(back);
        assert_eq!(Arc::strong_count(&value), 2, "{verb:?}");
        kept.lock().expect("not poisoned").clear();
        assert_eq!(Arc::strong_count(&value), 1, "{verb:?}");
    }
}

#[test]
fn a_shutdown_returns_the_arguments() {
    let registry = Registry::new();
    let _audit = registry
        .on_topic_deferred(".*", |_: &EventCopy| ())
        .expect("a pattern");
    registry.emit_topic("copies::named", args! { user: 7_u32 });
    let unfinished = registry.queue().shutdown(std::time::Duration::ZERO);
    assert!(
        unfinished.to_string().contains("copies::named"),
        "{unfinished}"
    );
    let event = unfinished.events.into_iter().next().expect("it is queued");
    assert_eq!(event.topic(), "copies::named");
    let args = event.downcast::<Args>().expect("arguments");
    assert_eq!(args.arg::<u32>("user"), Some(&7));
}

#[cfg(feature = "serde")]
#[test]
fn a_copy_is_readable_as_json() {
    for verb in VERBS {
        let (registry, journal) = (Registry::new(), Journal::default());
        let noted = journal.clone();
        let export = move |event: &EventCopy| {
            noted.note(
                event
                    .to_json()
                    .map(|json| json.to_string())
                    .unwrap_or_default(),
            );
        };
        let _export = registry.on_topic_deferred(".*", export).expect("a pattern");
        emit(&registry, verb, args! { user: 7_u32, secret card: "4711" });
        assert_eq!(
            journal.take(),
            [r#"{"card":"[redacted]","user":7}"#],
            "{verb:?}"
        );
    }
}
