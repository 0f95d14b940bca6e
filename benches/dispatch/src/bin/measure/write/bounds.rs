//! The table of bounds.

use bench_report::bounds::{self, Bound};

use super::{
    figures::Figures,
    scan::{PerSubscriber, ScanTimes},
};
use crate::{rounds::TWO_THREADS, subscribing::SubscribeTimes};

/// The ratio of two times below which they count as equal.
const NOISE: f64 = 1.05;

pub(super) fn table(figures: &Figures) -> String {
    bounds::table(&bounds(figures))
}

fn bounds(figures: &Figures) -> Vec<Bound> {
    let times = &figures.times;
    let time = |case: &str| times.of(case);
    let (ours, l2) = (time("ours/4"), time("L2/4"));
    let mut bounds = vec![
        instructions(figures),
        Bound::at_most_times("1 subscriber", "L2", time("ours/1"), time("L2/1"), 1.3),
    ];
    for (what, series, l2, bound) in [
        ("subscribers", "ours", "L2", 1.0),
        ("opaque", "ours opaque", "L2 opaque", 1.1),
    ] {
        for count in [4, 16, 64] {
            let case = format!("{count} {what}");
            let (ours, l2) = (times.at(series, count), times.at(l2, count));
            bounds.push(Bound::at_most_times(&case, "L2", ours, l2, bound));
        }
    }
    bounds.extend([
        Bound::at_most_above(
            "4 run-time subscriptions",
            "L2",
            time("run-time/4"),
            l2,
            8.0,
        ),
        Bound::at_most_times("4, an instance registry", "L2", time("instance/4"), l2, 1.2),
        Bound::at_most_above(
            "4 by a pattern, a named event",
            "a typed event",
            time("by pattern, topic event/4"),
            time("by pattern, typed/4"),
            40.0,
        ),
        Bound::at_most_above("4, a generic event", "L2", time("generic/4"), l2, 5.0),
        Bound::at_most_times(
            "4, a borrowed event",
            "an owned one",
            time("borrowed/4"),
            ours,
            NOISE,
        ),
        Bound::at_most_times("4, two threads", "one thread", time(TWO_THREADS), ours, 1.1),
        Bound::at_most_times(
            "4, 256 bytes through `emit_mut`",
            "16 bytes",
            time("mut 256 bytes/4"),
            time("mut 16 bytes/4"),
            1.1,
        ),
        per_subscriber(
            "origin filter",
            time("emit_from, origin filter/4"),
            time("emit_from/4"),
            4.0,
        ),
        per_subscriber(
            "origin filter on 1 of 4",
            time("emit_from, one origin filter/4"),
            time("emit_from/4"),
            1.0,
        ),
        per_subscriber("`when`", time("when/4"), ours, 4.0),
        per_subscriber("`Result`", time("result/4"), ours, 4.0),
    ]);
    for (peer, bound) in [
        ("bevy_ecs", 10.0),
        ("signals2", 6.0),
        ("tokio broadcast", 20.0),
        ("string map", 3.0),
    ] {
        bounds.push(faster(peer, bound, ours, times.at(peer, 4)));
    }
    bounds.push(batch(&figures.subscribing));
    bounds.extend(scans(&figures.scans));
    bounds
}

fn instructions(figures: &Figures) -> Bound {
    let count = figures.instructions.get("ours/0").copied();
    let count = count.unwrap_or(f64::NAN);
    Bound {
        case: "0 subscribers".to_owned(),
        bound: "15 instructions".to_owned(),
        measured: format!(
            "{count:.0} instructions, {:.1} ns",
            figures.times.of("ours/0")
        ),
        holds: count <= 15.0,
    }
}

/// At most a nanosecond for each of the subscribers with that option.
fn per_subscriber(option: &str, with: f64, without: f64, subscribers: f64) -> Bound {
    let cost = (with - without) / subscribers;
    Bound {
        case: format!("4, {option}"),
        bound: "1 ns for each subscriber with it".to_owned(),
        measured: format!("{cost:+.2} ns: {with:.1} ns, {without:.1} ns"),
        holds: cost <= 1.0,
    }
}

/// With four subscribers at least `bound` times as fast as the peer.
fn faster(peer: &str, bound: f64, ours: f64, peers: f64) -> Bound {
    Bound {
        case: format!("4, against {peer}"),
        bound: format!("{bound}x faster"),
        measured: format!("{:.1}x: {ours:.1} ns, {peers:.1} ns", peers / ours),
        holds: peers >= bound * ours,
    }
}

fn batch(times: &SubscribeTimes) -> Bound {
    let &SubscribeTimes { batch, single } = times;
    Bound {
        case: "a batch of 1,000 run-time subscriptions".to_owned(),
        bound: "10x one beside 1,000 others".to_owned(),
        measured: format!(
            "{:.1}x: {:.0} us, {:.0} us",
            batch / single,
            batch / 1e3,
            single / 1e3
        ),
        holds: batch <= 10.0 * single,
    }
}

/// A scan of many subscribers costs each of them at most twice as much as a scan of few.
fn scans(times: &ScanTimes) -> [Bound; 2] {
    let ScanTimes { few, many } = times;
    let bound = |which, time: fn(&PerSubscriber) -> f64| {
        let case = format!("{which}, per subscriber, 10,000 over 1,000 events");
        Bound::at_most_times(&case, "with 100", time(many), time(few), 2.0)
    };
    [
        bound("first `scan()` of a process", |scans| scans.first),
        bound("later `scan()`", |scans| scans.later),
    ]
}
