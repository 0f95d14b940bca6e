//! A problem that a scan finds in several places.

use events_core::{AnyEvent, Event, Registry, State, scanning::Scanner, subscriber, subscribers};

use super::{Login, Mailer, fine, not_annotated, problems, scan_of};

#[subscriber]
fn mails_twice(_: &Login, _: State<'_, Mailer>, _: State<'_, Mailer>) {}

#[derive(Event)]
struct Paid;

#[derive(Event)]
struct Refunded;

#[subscriber(Paid, Refunded, before = book)]
fn check_amount(_: &dyn AnyEvent) {}

#[subscriber(Paid, Refunded, before = check_amount)]
fn book(_: &dyn AnyEvent) {}

#[test]
fn what_is_wrong_in_two_places_is_reported_once() {
    let rows: [(&str, Scanner); 5] = [
        (
            "a state",
            scan_of(subscribers![fine])
                .state(7_u8)
                .state(7_u8)
                .state(7_u8),
        ),
        (
            "a module",
            Registry::new()
                .scanner()
                .module("nowhere")
                .module("nowhere"),
        ),
        (
            "a function",
            scan_of(subscribers![fine, not_annotated, not_annotated]),
        ),
        ("a missing state", scan_of(subscribers![mails_twice])),
        (
            "a cycle in two events",
            scan_of(subscribers![check_amount, book]),
        ),
    ];
    for (name, scanner) in rows {
        let problems = problems(scanner);
        assert_eq!(problems.len(), 1, "{name}: {problems:?}");
    }
}
