//! Section 12: the id of an emission is unique beyond the process.

use std::{
    collections::BTreeSet,
    env,
    io::{self, Write},
    process::Command,
};

use events_core::{Emission, Event, info::EmissionId};

#[derive(Event)]
struct Tick;

fn id() -> EmissionId {
    Emission::of::<Tick>().id()
}

/// `number of the process-number of the emission`.
fn split(text: &str) -> (String, u64) {
    let (process, number) = text.split_once('-').expect("two parts");
    assert_eq!(process.len(), 16, "{text}");
    assert!(u64::from_str_radix(process, 16).is_ok(), "{text}");
    (process.to_owned(), number.parse().expect("a number"))
}

#[test]
fn the_ids_of_a_process_share_its_number() {
    let (first, second) = (id(), id());
    assert_ne!(first, second);
    let [first, second] = [first, second].map(|id| split(&id.to_string()));
    assert_eq!(first.0, second.0);
    assert_ne!(first.1, second.1);
    let one = id();
    assert_eq!(format!("{one:?}"), format!("EmissionId({one})"));
    assert_eq!(size_of::<Option<EmissionId>>(), 8);
}

#[test]
fn uuids_are_of_version_8_and_differ() {
    let ids: Vec<_> = (0..100).map(|_| id()).collect();
    let uuids: BTreeSet<_> = ids.iter().map(|id| id.uuid()).collect();
    assert_eq!(uuids.len(), 100);
    for (id, uuid) in ids.iter().zip(ids.iter().map(|id| id.uuid())) {
        assert_eq!(
            (uuid.get_version_num(), uuid.get_variant()),
            (8, uuid::Variant::RFC4122)
        );
        assert_eq!(uuid, id.uuid());
    }
}

/// Two processes of this binary have other numbers.
#[test]
fn another_process_has_another_number() {
    const CHILD: &str = "EVENTS_EMISSION_ID_CHILD";
    if env::var_os(CHILD).is_some() {
        let text = format!("<{}>\n", id());
        io::stderr().write_all(text.as_bytes()).expect("it is open");
        return;
    }
    let child = || {
        let output = Command::new(env::current_exe().expect("the test binary"))
            .args([
                "--exact",
                "--nocapture",
                "emission::ids::another_process_has_another_number",
            ])
            .env(CHILD, "1")
            .output()
            .expect("it runs");
        let text = String::from_utf8(output.stderr).expect("text");
        let id = text
            .split(['<', '>'])
            .nth(1)
            .expect("it prints an id")
            .to_owned();
        split(&id).0
    };
    let numbers = BTreeSet::from([child(), child(), split(&id().to_string()).0]);
    assert_eq!(numbers.len(), 3);
}
