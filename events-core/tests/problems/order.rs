//! Every problem of order is reported by one scan, next to the others.

use events_core::{
    AnyEvent, Event, State,
    scanning::{Problem, Subscribers},
    subscriber, subscribers,
};

use super::{Mailer, problems, scan_of};

#[derive(Event, Clone)]
struct Parcel;

#[subscriber(before = pack)]
fn weigh(_: &Parcel) {}

#[subscriber(before = [weigh, seal])]
fn pack(_: &Parcel) {}

#[subscriber(before = pack)]
fn seal(_: &Parcel) {}

#[subscriber(before = stamp)]
fn sign(_: &Parcel) {}

#[subscriber(before = sign, after = sign)]
fn stamp(_: &Parcel) {}

#[subscriber]
async fn announce(_: &Parcel) {}

#[subscriber(after = announce)]
fn load(_: &Parcel) {}

#[subscriber(after = announce, before = stateless_too)]
fn stateless(_: &Parcel, _: State<'_, Mailer>) {}

#[subscriber(before = stateless)]
fn stateless_too(_: &Parcel, _: State<'_, Mailer>) {}

#[subscriber(before = by_topic, after = too_large)]
fn by_type(_: &Parcel) {}

#[subscriber(topic = "problems::order::Parcel", before = by_type)]
fn by_topic(_: &dyn AnyEvent, _: State<'_, Mailer>) {}

/// It is not known which events it receives, so no target is reported to receive none of them.
#[subscriber(topic = r"\w{1000}", before = [small, by_type])]
fn too_large(_: &dyn AnyEvent) {}

#[subscriber(topic = "no::event", before = too_large)]
fn small(_: &dyn AnyEvent) {}

/// An event with two subscribers that contradict each other.
macro_rules! contradictions {
    ($($event:ident: $first:ident, $second:ident;)+) => {$(
        #[derive(Event, Clone)]
        struct $event;

        #[subscriber(before = $second)]
        fn $first(_: &$event) {}

        #[subscriber(before = $first)]
        fn $second(_: &$event) {}
    )+};
}

contradictions! {
    Fir: fell_fir, saw_fir;
    Elm: fell_elm, saw_elm;
    Oak: fell_oak, saw_oak;
    Ash: fell_ash, saw_ash;
    Yew: fell_yew, saw_yew;
}

/// The kind of a problem, and the names of the functions.
fn short(problem: &Problem) -> String {
    let name = |path: &String| {
        let path = path.split(" (").next().expect("a path");
        path.rsplit("::").next().expect("a name").to_owned()
    };
    let names = |paths: &[String]| paths.iter().map(name).collect::<Vec<_>>().join(" ");
    match problem {
        Problem::Cycle { subscribers } => format!("cycle {}", names(subscribers)),
        Problem::Unawaited { first, second } => {
            format!("unawaited {} {}", name(first), name(second))
        }
        Problem::MissingState { subscriber, .. } => format!("stateless {}", name(subscriber)),
        Problem::InvalidPattern { subscriber, .. } => format!("pattern {}", name(subscriber)),
        other => panic!("{other}"),
    }
}

#[test]
fn one_scan_reports_every_problem_of_order() {
    let rows: [(&str, Subscribers, &[&str]); 6] = [
        (
            "a cycle and a sync one after an async one",
            subscribers![announce, load, sign, stamp],
            &["unawaited announce load", "cycle sign stamp"],
        ),
        (
            "cycles that share a subscriber",
            subscribers![weigh, pack, seal],
            &["cycle weigh pack", "cycle pack seal"],
        ),
        (
            "cycles that share none",
            subscribers![weigh, pack, sign, stamp],
            &["cycle weigh pack", "cycle sign stamp"],
        ),
        (
            "subscribers that miss a state",
            subscribers![announce, stateless, stateless_too],
            &[
                "stateless stateless",
                "stateless stateless_too",
                "unawaited announce stateless",
                "cycle stateless stateless_too",
            ],
        ),
        (
            "a pattern subscriber that misses a state",
            subscribers![by_type, by_topic],
            &["stateless by_topic", "cycle by_type by_topic"],
        ),
        (
            "a pattern that is too large",
            subscribers![too_large, small],
            &["pattern too_large", "cycle too_large small"],
        ),
    ];
    for (row, subscribers, expected) in rows {
        let found: Vec<_> = problems(scan_of(subscribers)).iter().map(short).collect();
        assert_eq!(found, expected, "{row}");
    }
}

/// The order of the types differs between builds.
#[test]
fn the_problems_of_several_events_are_in_the_order_of_the_topics() {
    let subscribers = subscribers![
        fell_fir, saw_fir, fell_elm, saw_elm, fell_oak, saw_oak, fell_ash, saw_ash, fell_yew,
        saw_yew
    ];
    let found: Vec<_> = problems(scan_of(subscribers)).iter().map(short).collect();
    let expected = ["ash", "elm", "fir", "oak", "yew"];
    assert_eq!(
        found,
        expected.map(|tree| format!("cycle fell_{tree} saw_{tree}"))
    );
}
