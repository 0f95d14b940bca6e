//! `#[events_testing::test]` on each kind of test, and together with other attributes.

use std::{error::Error, fs, process::ExitCode};

use events_core::{Event, subscriber};
use events_testing::current;
use rstest::rstest;

#[derive(Event, Clone)]
#[event(topic = "attribute.placed")]
struct Placed {
    number: u32,
}

#[subscriber]
fn double(event: &mut Placed) {
    event.number *= 2;
}

fn place(number: u32) -> u32 {
    Placed { number }.emit().number
}

/// Expects one event with this number, and emits it.
fn expect_and_place(number: u32) {
    current()
        .expect::<Placed>()
        .times(1)
        .matching(move |event| event.number == number);
    place(number);
}

/// Expects two events, and emits one here and one in a task of this thread.
async fn expect_and_place_two() {
    current().expect::<Placed>().times(2);
    tokio::task::yield_now().await;
    place(1);
    tokio::spawn(async { place(2) })
        .await
        .expect("the task does not panic");
}

#[events_testing::test]
fn a_test() {
    current()
        .expect::<Placed>()
        .times(1)
        .matching(|event| event.number == 7);
    assert_eq!(place(7), 7);
}

#[events_testing::test]
fn a_scan_in_a_test_adds_to_the_registry_of_the_test() {
    assert_eq!(place(7), 7);
    events_core::scanner().module("it::attribute").run();
    assert_eq!(place(7), 14);
}

#[events_testing::test]
#[should_panic(expected = "expected `attribute.placed` exactly twice")]
fn a_test_that_should_fail() {
    current().expect::<Placed>().times(2);
    place(7);
}

#[events_testing::test]
fn a_test_that_returns_a_result() -> Result<(), Box<dyn Error>> {
    current().expect::<Placed>();
    place("7".parse()?);
    if fs::metadata("/").is_err() {
        return Err("the root folder is missing".into());
    }
    Ok(())
}

#[events_testing::test]
fn a_test_that_returns_an_exit_code() -> ExitCode {
    current().expect::<Placed>();
    place(7);
    ExitCode::SUCCESS
}

#[events_testing::test(empty)]
fn current_panics_in_a_registry_without_a_mock() {
    let _other = events_core::Registry::new().enter();
    let result = std::panic::catch_unwind(|| current().assert_nothing_emitted());
    assert!(result.is_err(), "the entered registry has no mock");
}

#[events_testing::test]
async fn an_async_test() {
    let events = current();
    events.expect::<Placed>().times(3);
    place(1);
    tokio::task::yield_now().await;
    Placed { number: 2 }.emit_async().await;
    // A task of this thread belongs to the test.
    tokio::spawn(async { place(3) })
        .await
        .expect("the task does not panic");
}

#[events_testing::test]
async fn an_async_test_that_returns_a_result() -> Result<(), Box<dyn Error>> {
    current().expect::<Placed>();
    tokio::task::yield_now().await;
    place("7".parse()?);
    Ok(())
}

#[events_testing::test]
#[should_panic(expected = "it was not emitted")]
async fn an_async_test_that_should_fail() {
    current().expect::<Placed>();
    tokio::task::yield_now().await;
}

#[events_testing::test]
#[tokio::test]
async fn above_tokio_test() {
    expect_and_place_two().await;
}

#[tokio::test]
#[events_testing::test]
async fn below_tokio_test() {
    expect_and_place_two().await;
}

#[events_testing::test]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_on_several_threads() {
    let events = current();
    events.expect::<Placed>().times(10);
    let place = |number| tokio::spawn(events.bring_future(async move { place(number) }));
    let tasks: Vec<_> = (0..10).map(place).collect();
    for task in tasks {
        task.await.expect("the task does not panic");
    }
}

#[rstest]
#[case(1)]
#[case(2)]
#[events_testing::test]
fn below_rstest(#[case] number: u32) {
    expect_and_place(number);
}

#[events_testing::test]
#[rstest]
fn above_rstest(#[values(1, 2)] number: u32) {
    expect_and_place(number);
}

#[rstest]
#[tokio::test]
#[events_testing::test]
async fn below_rstest_and_tokio_test(#[values(1, 2)] number: u32) {
    current().expect::<Placed>().times(1);
    tokio::task::yield_now().await;
    place(number);
}

/// Stands for a crate that re-exports this one.
mod renamed {
    pub(super) use events_testing as testing;
}

#[renamed::testing::test(crate = renamed::testing)]
fn the_option_crate() {
    current().assert_nothing_emitted();
}
