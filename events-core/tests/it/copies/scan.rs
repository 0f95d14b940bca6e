//! What a scan reports about events that match a pattern and cannot be copied.

use events_core::{
    AnyEvent, Event, EventCopy, Registry, scanning::Subscribers, subscriber, subscribers,
};

#[derive(Event)]
#[event(topic = "copies::scan::Fixed")]
struct Fixed;

#[derive(Event, Clone)]
#[event(topic = "copies::scan::Borrowed")]
#[expect(dead_code, reason = "nothing reads a field that borrows")]
struct Borrowed<'a>(&'a str);

#[derive(Event, Clone)]
#[event(topic = "copies::scan::Copied")]
struct Copied;

#[derive(Event, Clone)]
#[event(topic = "copies::scan::Local")]
struct Local(std::cell::Cell<u32>);

#[derive(Event, Clone)]
#[event(topic = "copies::scan::Generic")]
struct Generic<T>(T);

#[derive(Event, Clone)]
#[event(topic = "copies::scan::Required", clone)]
struct Required<T>(T);

#[subscriber(topic = "copies::scan::.*", deferred)]
fn deferred(_: &EventCopy) {}

#[subscriber(topic = "copies::scan::[A-C].*")]
async fn of_three(_: &EventCopy) {}

#[subscriber(topic = "copies::scan::Copied", deferred)]
fn of_copied(_: &EventCopy) {}

#[subscriber(topic = "copies::scan::.*")]
fn sync(_: &dyn AnyEvent) {}

/// Checks the topics that the report of a scan of one subscriber names.
fn check(subscribers: Subscribers, topics: Option<&str>) {
    let registry = Registry::new();
    let report = registry.scanner().subscribers(subscribers).run();
    let texts: Vec<_> = report.uncopied_events().collect();
    assert_eq!(texts.len(), usize::from(topics.is_some()), "{texts:?}");
    if let (Some(topics), Some(text)) = (topics, texts.first()) {
        assert!(
            text.contains(&format!(
                " cannot receive {topics}, which match its pattern"
            )),
            "{text}"
        );
        assert!(
            text.contains("copies/scan.rs:") && text.contains("derive `Clone`"),
            "{text}"
        );
        assert!(report.to_string().ends_with(text), "{report}");
    }
}

#[test]
fn it_names_linked_events_that_match_and_cannot_be_copied() {
    let fixed = "`copies::scan::Fixed`";
    let all = format!(
        "`copies::scan::Borrowed`, {fixed}, `copies::scan::Generic`, `copies::scan::Local`"
    );
    check(subscribers![deferred], Some(&all));
    check(subscribers![of_three], Some("`copies::scan::Borrowed`"));
    check(subscribers![of_copied], None);
    check(subscribers![sync], None);
}

#[test]
fn it_agrees_with_the_emits() {
    fn reaches<E: Event>(event: E) -> bool {
        Registry::with(subscribers![deferred])
            .try_emit(event)
            .is_ok()
    }
    assert!(reaches(Copied) && reaches(Required(7_u8)));
    assert!(!reaches(Fixed) && !reaches(Borrowed("text")));
    assert!(!reaches(Local(7.into())) && !reaches(Generic(7_u8)));
}
