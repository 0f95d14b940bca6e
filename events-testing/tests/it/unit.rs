//! Units of work in tests.

use std::sync::mpsc;

use events_core::{Event, UnitOfWork, registry};
use events_testing::{EventMock, Events};

#[derive(Event, Clone)]
struct OrderPlaced(u32);

/// Subscribes to the order after its commit; the numbers arrive in the channel.
fn committed() -> mpsc::Receiver<u32> {
    let (numbers, committed) = mpsc::channel();
    let subscription = registry()
        .subscribe(move |order: &OrderPlaced| numbers.send(order.0))
        .after_commit();
    let subscription = subscription.register().expect("it is subscribed");
    subscription.detach();
    committed
}

fn received(numbers: &mpsc::Receiver<u32>) -> Vec<u32> {
    numbers.try_iter().collect()
}

#[test]
fn what_is_held_is_run_though_the_unit_is_rolled_back() {
    let events: &Events = &EventMock::install();
    let committed = committed();
    let work = UnitOfWork::begin();
    let unit = work.handle();
    registry().emit_in(&unit, OrderPlaced(1));
    let point = work.savepoint();
    registry().emit_in(&unit, OrderPlaced(2));
    assert!(received(&committed).is_empty());
    point.release().expect("it is released");
    let empty = work.savepoint();
    events.run_held(&unit);
    assert_eq!(received(&committed), [1, 2]);
    drop(empty);
    registry().emit_in(&unit, OrderPlaced(3));
    drop(work);
    events.run_held(&unit);
    assert!(received(&committed).is_empty());
}

#[derive(Event)]
struct OrderPaid;

#[test]
fn an_event_is_held_until_its_unit_or_savepoint_ends() {
    let check = |end: fn(UnitOfWork)| {
        let events = EventMock::install();
        let _committed = committed();
        let work = UnitOfWork::begin();
        let unit = work.handle();
        let held = || {
            let other = events.held::<OrderPaid>(&unit);
            (events.held::<OrderPlaced>(&unit), other)
        };
        assert_eq!(held(), (0, 0));
        registry().emit_in(&unit, OrderPlaced(1));
        registry().emit_in(&unit, OrderPaid);
        let point = work.savepoint();
        {
            let _in_unit = unit.enter();
            OrderPlaced(2).emit();
        }
        unit.after_commit(|| ()).expect("it is open");
        assert_eq!(held(), (2, 1));
        point.rollback();
        assert_eq!(held(), (1, 1));
        end(work);
        assert_eq!(held(), (0, 0));
        events.assert_emitted::<OrderPlaced>().times(2);
    };
    check(|work| work.commit().expect("it is committed"));
    check(UnitOfWork::rollback);
    check(drop);
}

#[test]
fn an_expected_event_is_recorded_at_the_emit_and_is_not_held() {
    let events = EventMock::install();
    let committed = committed();
    events.expect::<OrderPlaced>().times(2);
    let work = UnitOfWork::begin();
    registry().emit_in(&work.handle(), OrderPlaced(1));
    {
        let _in_unit = work.handle().enter();
        OrderPlaced(2).emit();
    }
    assert_eq!(events.held::<OrderPlaced>(&work.handle()), 0);
    work.commit().expect("it is committed");
    assert!(received(&committed).is_empty());
}

#[test]
fn a_failure_after_the_commit_fails_the_test() {
    let text = crate::failure(|| {
        let _events = EventMock::install();
        let fails = registry()
            .subscribe(|_: &OrderPlaced| Err::<(), _>("refused"))
            .after_commit();
        fails.register().expect("it is subscribed").detach();
        let work = UnitOfWork::begin();
        registry().emit_in(&work.handle(), OrderPlaced(1));
        work.commit().expect("it is committed");
    });
    assert!(text.contains("refused"), "{text}");
}

#[test]
fn what_an_open_savepoint_holds_is_not_left_in_silence() {
    for before in [false, true] {
        let text = crate::failure(|| {
            let events = EventMock::install();
            let work = UnitOfWork::begin();
            let unit = work.handle();
            if before {
                registry().emit_in(&unit, OrderPlaced(1));
            }
            let _committed = committed();
            let _point = work.savepoint();
            registry().emit_in(&unit, OrderPlaced(2));
            events.run_held(&unit);
        });
        let reason = "a savepoint of the unit of work is open and holds events";
        let remedy = "release it, or roll it back, before `run_held`";
        assert!(text.contains(reason) && text.contains(remedy), "{text}");
    }
}

#[derive(Event, Clone)]
struct MailSent;

/// The failure of a test with an open unit that holds so many orders has a line with these words, or none.
#[track_caller]
fn check_hint(held: u32, fails: fn(&Events), hint: Option<&str>) {
    let text = crate::failure(|| {
        let events = EventMock::install();
        let _committed = committed();
        let work = UnitOfWork::begin();
        let ended = UnitOfWork::begin();
        for number in 0..held {
            registry().emit_in(&work.handle(), OrderPlaced(number));
            registry().emit_in(&ended.handle(), OrderPlaced(number));
        }
        ended.rollback();
        fails(&events);
        drop(events);
    });
    let line = text.lines().find(|line| line.contains("the commit of"));
    let line = line.map(|line| line.trim().trim_start_matches("- "));
    assert_eq!(line, hint, "{text}");
}

#[test]
fn a_failed_expectation_names_the_events_that_wait_for_a_commit() {
    let expects: fn(&Events) = |events| {
        events.expect::<MailSent>();
    };
    let asserts: fn(&Events) = |events| {
        events.assert_emitted::<MailSent>();
    };
    let one = "1 event waits for the commit of its unit of work; commit it, or call `events.run_held(&unit)`";
    let two = "2 events wait for the commit of their unit of work; commit it, or call `events.run_held(&unit)`";
    for fails in [expects, asserts] {
        check_hint(0, fails, None);
        check_hint(1, fails, Some(one));
        check_hint(2, fails, Some(two));
    }
}

#[test]
fn an_event_that_was_run_waits_for_no_commit() {
    let text = crate::failure(|| {
        let events = EventMock::install();
        let _committed = committed();
        let work = UnitOfWork::begin();
        let unit = work.handle();
        registry().emit_in(&unit, OrderPlaced(1));
        let entered = unit.enter();
        registry().enqueue(OrderPlaced(2)).expect("there is room");
        drop(entered);
        events.run_held(&unit);
        events.settle();
        events.assert_emitted::<MailSent>();
    });
    assert!(!text.contains("the commit of"), "{text}");
}
