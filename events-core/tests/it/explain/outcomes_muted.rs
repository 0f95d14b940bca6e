//! Muted subscribers are in `outcomes` at their place in the running order, which is that of `explain`.

use events_core::{
    AnyEvent, Event, EventCopy, Registry, args, subscriber, subscribers, subscribing::MuteGuard,
};

use super::outcomes::lines;
use crate::block_on;

#[derive(Event, Clone)]
#[event(topic = "muted.typed")]
struct Typed;

#[subscriber(priority = 9)]
fn first(_: &Typed) {}

#[subscriber(topic = r"muted\..*", priority = 5)]
fn second(_: &dyn AnyEvent) {}

#[subscriber(priority = 1)]
async fn third(_: &mut Typed) {}

#[subscriber(priority = 99)]
async fn fourth(_: &Typed) {}

#[subscriber(topic = r"muted\..*", priority = 7)]
async fn fifth(_: &EventCopy) {}

#[subscriber(deferred, after = fifth)]
fn sixth(_: &Typed) {}

const ALL: [&str; 6] = ["first", "second", "third", "fourth", "fifth", "sixth"];
const OF_TOPIC: [&str; 2] = ["second", "fifth"];

fn registry() -> Registry {
    Registry::with(subscribers![sixth, fifth, fourth, third, second, first])
}

fn mute(registry: &Registry, index: usize) -> MuteGuard {
    match index {
        0 => registry.mute(first),
        1 => registry.mute(second),
        2 => registry.mute(third),
        3 => registry.mute(fourth),
        4 => registry.mute(fifth),
        _ => registry.mute(sixth),
    }
}

/// The names of the subscribers, and of those that are muted.
fn names(lines: &[String]) -> (Vec<&str>, Vec<&str>) {
    let name = |line: &&String| line.find(' ').unwrap_or(0);
    let all = lines.iter().map(|line| &line[..name(&line)]).collect();
    let muted = lines.iter().filter(|line| line.ends_with("it is muted"));
    (all, muted.map(|line| &line[..name(&line)]).collect())
}

/// Each set of muted subscribers, which are those of the bits.
#[test]
fn each_is_at_its_place() {
    for set in 0..1_u32 << ALL.len() {
        let registry = registry();
        let is_muted = |index: usize| set & (1 << index) != 0;
        let guards: Vec<_> = (0..ALL.len())
            .filter(|index| is_muted(*index))
            .map(|index| mute(&registry, index))
            .collect();
        let muted: Vec<_> = (0..ALL.len())
            .filter(|index| is_muted(*index))
            .map(|index| ALL[index])
            .collect();
        let of_topic: Vec<_> = muted
            .iter()
            .copied()
            .filter(|one| OF_TOPIC.contains(one))
            .collect();
        for lines in [
            lines(&registry.try_emit(Typed)),
            lines(&block_on(registry.try_emit_async(Typed))),
        ] {
            assert_eq!(names(&lines), (ALL.to_vec(), muted.clone()), "{lines:?}");
        }
        for lines in [
            lines(&registry.try_emit_topic("muted.named", args! {})),
            lines(&block_on(
                registry.try_emit_topic_async("muted.named", args! {}),
            )),
        ] {
            assert_eq!(
                names(&lines),
                (OF_TOPIC.to_vec(), of_topic.clone()),
                "{lines:?}"
            );
        }
        let explanation = registry.explain::<Typed>();
        let explained = explanation.subscribers().take(ALL.len());
        let explained = explained.map(|one| one.subscriber().name.rsplit("::").next());
        assert!(explained.eq(ALL.map(Some)), "{explanation}");
        drop(guards);
    }
}

#[test]
fn a_muted_one_behind_a_stop_and_in_a_refused_emit_is_muted() {
    let registry = registry();
    let stop = registry.subscribe(|_: &Typed| std::ops::ControlFlow::Break(()));
    stop.id("stops")
        .priority(7)
        .register()
        .expect("new")
        .detach();
    let _guards = [mute(&registry, 2), mute(&registry, 4)];
    let after = |name| format!("{name} was not reached: a subscriber before it stopped the event");
    assert_eq!(
        lines(&registry.try_emit(Typed)),
        [
            "first ran".to_owned(),
            "stops ran and stopped the event".to_owned(),
            after("second"),
            "third was skipped: it is muted".to_owned(),
            after("fourth"),
            "fifth was skipped: it is muted".to_owned(),
            after("sixth"),
        ]
    );
    registry.set_depth_limit(1);
    let inner = registry.clone();
    let nested = registry.subscribe(move |typed: &Typed| {
        let refused = "was not reached: the emit was refused, since too many are nested";
        let muted = "was skipped: it is muted";
        let expected = [
            "first", "nested", "stops", "second", "third", "fourth", "fifth", "sixth",
        ];
        let expected = expected.map(|one| match one {
            "third" | "fifth" => format!("{one} {muted}"),
            _ => format!("{one} {refused}"),
        });
        assert_eq!(lines(&inner.try_emit(typed.clone())), expected);
    });
    nested
        .id("nested")
        .priority(8)
        .register()
        .expect("new")
        .detach();
    let error = registry.try_emit(Typed);
    assert!(error.is_ok(), "{error:?}");
}
