//! Section 3: the problems that a scan reports. A test binary of its own, because its declarations
//! are wrong on purpose.

#![allow(missing_docs, reason = "the names of the tests say what they are")]

#[path = "problems/order.rs"]
mod order;
#[path = "problems/provided_states.rs"]
mod provided_states;
#[path = "problems/repeated.rs"]
mod repeated;

use events_core::{
    AnyEvent, Event, Registry, State, scanner,
    scanning::{Problem, ScanError, Scanner},
    subscriber, subscribers,
};

#[derive(Event)]
#[event(topic = "user.login")]
struct Login;

#[derive(Event)]
struct Order(Vec<&'static str>);

mod twin {
    #[derive(events_core::Event)]
    #[event(topic = "user.login")]
    pub(super) struct Other;
}

struct Mailer;
struct Ledger;

#[subscriber]
fn mail(_: &Login, _: State<'_, Mailer>, _: State<'_, Ledger>) {}

#[subscriber(before = second)]
fn first(event: &mut Order) {
    event.0.push("first");
}

#[subscriber(before = third)]
fn second(event: &mut Order) {
    event.0.push("second");
}

#[subscriber(before = first, after = mail)]
fn third(event: &mut Order) {
    event.0.push("third");
}

#[subscriber(after = not_annotated, before = fine)]
fn stray(event: &mut Order) {
    event.0.push("stray");
}

fn not_annotated() {}

#[subscriber(after = "problems::frist", before = "problems::fine")]
fn stray_by_path(event: &mut Order) {
    event.0.push("stray_by_path");
}

#[subscriber(before = ["elsewhere::nothing_similar", "problems::mail"])]
fn unrelated_by_path(event: &mut Order) {
    event.0.push("unrelated_by_path");
}

#[subscriber(after = itself)]
fn itself(_: &Login) {}

/// A regular expression whose compiled form exceeds the size limit.
#[subscriber(topic = r"\w{1000}")]
fn huge(_: &dyn AnyEvent) {}

/// Its pattern is too large, and its states are missing.
#[subscriber(topic = r"\w{1000}")]
fn huge_and_stateless(_: &dyn AnyEvent, _: State<'_, Mailer>, _: State<'_, Ledger>) {}

#[subscriber]
fn fine(event: &mut Order) {
    event.0.push("fine");
}

/// The problems of a scan, without the shared topic that every scan in this binary reports.
fn problems(scanner: Scanner) -> Vec<Problem> {
    let error = scanner.try_run().expect_err("two events share a topic");
    let mut problems = error.problems().to_vec();
    let shared = problems.remove(0);
    assert!(
        matches!(
            shared,
            Problem::DuplicateTopic {
                topic: "user.login",
                ..
            }
        ),
        "{shared:?}"
    );
    problems
}

fn scan_of(subscribers: events_core::scanning::Subscribers) -> Scanner {
    Registry::new().scanner().subscribers(subscribers)
}

/// The name and location by which a problem identifies a subscriber or an event of this file.
fn with_location(path: &str) -> String {
    let name = path.rsplit("::").next().expect("a name");
    let declares = |line: &str| {
        line.contains(&format!("fn {name}(")) || line.ends_with(&format!("struct {name};"))
    };
    let before = include_str!("problems.rs")
        .lines()
        .take_while(|line| !declares(line))
        .count();
    format!("problems::{path} ({}:{})", file!(), before + 1)
}

#[test]
fn two_events_with_one_topic_are_reported_with_their_locations() {
    let error = scan_of(subscribers![fine])
        .try_run()
        .expect_err("two events share a topic");
    assert_eq!(
        error.to_string(),
        format!(
            "the scan found a problem, and registered nothing:\n  \
             1. {} and {} share the topic `user.login`; \
             give all but one another with #[event(topic = \"..\")]",
            with_location("Login"),
            with_location("twin::Other"),
        ),
    );
}

#[test]
fn a_pattern_that_cannot_be_compiled_is_reported() {
    let problems = problems(scan_of(subscribers![huge, itself]));
    let texts: Vec<_> = problems.iter().map(ToString::to_string).collect();
    let text = texts.iter().find(|text| text.contains("size limit"));
    let text = text.unwrap_or_else(|| panic!("{texts:?}"));
    let begin = format!(r"{} has the pattern `\w{{1000}}`", with_location("huge"));
    assert!(text.starts_with(&begin), "{text}");
    assert!(text.ends_with("smaller repetition counts"), "{text}");
    assert!(
        texts.len() > 1,
        "the problem of `itself` is missing: {texts:?}"
    );
}

#[test]
fn a_pattern_that_is_too_large_is_a_regular_expression() {
    let problems = problems(scan_of(subscribers![huge]));
    let text = problems[0].to_string();
    assert!(
        text.contains("the pattern of topics is too large"),
        "{text}"
    );
    assert!(!text.contains("not a regular expression"), "{text}");
}

#[test]
fn a_pattern_that_is_too_large_and_missing_states_are_reported_together() {
    let problems = problems(scan_of(subscribers![huge_and_stateless]));
    let missing = |type_name| Problem::MissingState {
        subscriber: with_location("huge_and_stateless"),
        type_name,
        provided: Vec::new(),
    };
    let [pattern, mailer, ledger] = &problems[..] else {
        panic!("{problems:?}")
    };
    assert!(
        matches!(pattern, Problem::InvalidPattern { .. }),
        "{pattern:?}"
    );
    assert_eq!(*mailer, missing("problems::Mailer"));
    assert_eq!(*ledger, missing("problems::Ledger"));
}

#[test]
fn every_missing_state_is_reported() {
    let missing = |type_name, provided: &[&'static str]| Problem::MissingState {
        subscriber: with_location("mail"),
        type_name,
        provided: provided.to_vec(),
    };
    let (mailer, ledger) = ("problems::Mailer", "problems::Ledger");
    let scan = || scan_of(subscribers![mail]);
    assert_eq!(
        problems(scan()),
        [missing(mailer, &[]), missing(ledger, &[])]
    );
    assert_eq!(problems(scan().state(Ledger)), [missing(mailer, &[ledger])]);
    assert_eq!(problems(scan().state(Mailer)), [missing(ledger, &[mailer])]);
    assert_eq!(problems(scan().state(Mailer).state(Ledger)), []);
}

#[test]
fn a_state_that_is_given_twice_is_reported() {
    let twice = problems(scan_of(subscribers![fine]).state(Mailer).state(Mailer));
    let type_name = "problems::Mailer";
    assert_eq!(twice, [Problem::DuplicateState { type_name }]);
}

/// A state whose destructor uses the registry.
struct Pool(Option<Registry>);

impl Drop for Pool {
    fn drop(&mut self) {
        if let Some(registry) = &self.0 {
            registry.on(|_: &Login| ()).detach();
        }
    }
}

/// Under the lock of the registry the destructor would wait for ever.
#[test]
fn a_state_that_a_later_scan_replaces_is_not_dropped_under_the_lock() {
    let registry = Registry::new();
    let uses = registry.clone();
    for pool in [Pool(Some(uses)), Pool(None)] {
        let scanner = registry.scanner().subscribers(subscribers![fine]);
        assert_eq!(problems(scanner.state(pool)), []);
    }
}

#[test]
fn order_targets_that_are_no_subscriber_or_take_other_events_are_reported() {
    assert_eq!(
        problems(scan_of(subscribers![stray])),
        [Problem::UnknownTarget {
            subscriber: with_location("stray"),
            relation: "after",
            target: "problems::not_annotated".to_owned(),
            similar: None,
        }],
    );
    assert_eq!(
        problems(scan_of(subscribers![third])),
        [Problem::UnrelatedTarget {
            subscriber: with_location("third"),
            relation: "after",
            target: "problems::mail".to_owned(),
            topic: "problems::Order".to_owned(),
        }],
    );
}

/// A path is written in quotation marks, as in the option, and a similar one is suggested.
#[test]
fn paths_that_are_no_subscriber_or_take_other_events_are_reported() {
    let found = problems(scan_of(subscribers![stray_by_path, unrelated_by_path]));
    assert!(matches!(found[1], Problem::UnknownTarget { .. }));
    let stray = with_location("stray_by_path");
    let unrelated = with_location("unrelated_by_path");
    assert_eq!(
        found.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            format!(
                "{stray} has after = \"problems::frist\", which is no subscriber; did you mean \
                 `problems::first`?"
            ),
            format!(
                "{unrelated} has before = \"elsewhere::nothing_similar\", which is no subscriber; write a path \
                 as the report of a scan prints it"
            ),
            format!(
                "{unrelated} has before = \"problems::mail\", which is not subscribed to `problems::Order`; name \
                 a subscriber of that event, or remove before"
            ),
        ],
    );
}

#[test]
fn a_cycle_is_reported_with_its_members() {
    let subscribers = [
        with_location("first"),
        with_location("second"),
        with_location("third"),
    ]
    .to_vec();
    let problems = problems(scan_of(subscribers![first, second, third, fine]));
    assert_eq!(problems[1..], [Problem::Cycle { subscribers }]);
    assert_eq!(
        problems[1].to_string(),
        format!(
            "before and after contradict each other: each of {}, {}, {} must run before the next, \
             and the last before the first; remove one of these options",
            with_location("first"),
            with_location("second"),
            with_location("third"),
        ),
    );
    let alone = self::problems(scan_of(subscribers![itself]));
    assert_eq!(
        alone[0].to_string(),
        format!(
            "{} is ordered relative to itself; remove that option",
            with_location("itself")
        ),
    );
}

#[test]
fn empty_crates_empty_modules_and_unannotated_functions_are_reported() {
    let registry = Registry::new();
    assert_eq!(
        problems(
            registry
                .scanner()
                .module("problems::nowhere")
                .module("problem")
        ),
        ["problems::nowhere", "problem"].map(|module| Problem::EmptyModule {
            module: module.to_owned(),
        }),
    );
    assert_eq!(
        problems(scan_of(subscribers![fine, not_annotated])),
        [Problem::NotASubscriber {
            function: "problems::not_annotated".to_owned(),
        }],
    );
    let scope = registry.enter();
    assert_eq!(
        problems(scanner!(tracing, events_core).subscribers(subscribers![fine])),
        ["tracing", "events_core"].map(|name| Problem::EmptyCrate { name }),
    );
    drop(scope);
}

#[test]
fn a_scan_lists_every_problem_at_once_and_registers_nothing() {
    let registry = Registry::new();
    let error: ScanError = registry.try_scan().expect_err("much is wrong here");
    let text = error.to_string();
    assert!(
        text.starts_with("the scan found 34 problems, and registered nothing:\n  1. "),
        "{text}"
    );
    for part in [
        ") has the parameter State<problems::Mailer>, \
         which no scan provides; add .state(..) to the scanner",
        "has after = problems::not_annotated, which is no subscriber; annotate that function",
        "has after = problems::mail, which is not subscribed to `problems::Order`; name a subscriber",
    ] {
        assert!(text.contains(part), "{part:?} is not in {text}");
    }
    assert!(registry.emit(Order(Vec::new())).0.is_empty());
}

#[test]
#[should_panic(expected = "the scan found 34 problems, and registered nothing:\n  1. ")]
fn scan_panics_with_all_problems() {
    let _scope = Registry::new().enter();
    events_core::scan();
}

#[test]
fn try_scan_returns_all_problems() {
    let _scope = Registry::new().enter();
    let error = events_core::try_scan().expect_err("much is wrong here");
    assert_eq!(error.problems().len(), 34);
    assert!(scanner().try_run().is_err());
}

#[derive(Event, Clone)]
struct Shipped;

#[subscriber]
async fn notify(_: &Shipped) {}

#[subscriber(after = notify)]
fn print_label(_: &Shipped) {}

#[test]
fn a_sync_subscriber_that_is_ordered_after_an_async_one_is_reported() {
    let problems = problems(scan_of(subscribers![notify, print_label]));
    let [problem] = &problems[..] else {
        panic!("one problem: {problems:?}");
    };
    let text = problem.to_string();
    assert!(
        text.starts_with("problems::notify (")
            && text.contains(") runs later than problems::print_label ("),
        "{text}"
    );
}
