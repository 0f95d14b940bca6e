//! Each misuse of a unit has its error.

use std::{error::Error, fmt, num::ParseIntError};

use events_core::{
    Event, Registry, UnitOfWork,
    subscribing::SubscribeError,
    units::{CommitError, UnitEnded},
};

use super::{Did, Moved, registry};
use crate::{Journal, block_on};

#[test]
fn a_commit_with_an_open_savepoint_rolls_back() {
    let journal = Journal::default();
    let registry = registry(&journal);
    let work = UnitOfWork::begin();
    let point = work.savepoint();
    registry.emit_in(&work.handle(), Did("a"));
    let error = work.commit().expect_err("a savepoint is open");
    assert!(matches!(error, CommitError::OpenSavepoint));
    assert_eq!(
        error.to_string(),
        "a savepoint of the unit of work is open at its commit; release it or roll it back first"
    );
    assert_eq!(journal.take(), ["now a", "undone a"]);
    let error = point.release().expect_err("it is gone");
    assert!(error.into_savepoint().is_none());
}

#[test]
fn savepoints_are_released_from_the_innermost_on() {
    let journal = Journal::default();
    let registry = registry(&journal);
    let work = UnitOfWork::begin();
    let outer = work.savepoint();
    let inner = work.savepoint();
    registry.emit_in(&work.handle(), Did("a"));
    let error = outer.release().expect_err("another one is open in it");
    assert!(
        error
            .to_string()
            .starts_with("a savepoint is released while another one in it is open")
    );
    assert_eq!(journal.take(), ["now a"], "nothing is rolled back");
    let outer = error.into_savepoint().expect("it is open");
    inner.release().expect("it is the innermost one");
    outer.release().expect("it is the innermost one");
    work.commit().expect("it is committed");
    assert_eq!(journal.take(), ["committed a"]);
}

#[test]
fn a_savepoint_that_is_rolled_back_takes_those_in_it_along() {
    let journal = Journal::default();
    let registry = registry(&journal);
    let work = UnitOfWork::begin();
    let outer = work.savepoint();
    let inner = work.savepoint();
    registry.emit_in(&work.handle(), Did("a"));
    outer.rollback();
    assert_eq!(journal.take(), ["now a", "undone a"]);
    registry.emit_in(&work.handle(), Did("b"));
    let error = inner.release().expect_err("it is gone");
    assert_eq!(
        error.to_string(),
        "a savepoint is released after the savepoint around it or the unit of work has ended; release it first"
    );
    drop(error);
    work.commit().expect("it is committed");
    assert_eq!(journal.take(), ["now b", "committed b"]);
}

#[test]
fn an_emit_after_the_end_is_an_error_with_the_event() {
    let registry = Registry::new();
    let check = |work: UnitOfWork, is_committed: bool, text: &str| {
        let unit = work.handle();
        if is_committed {
            work.commit().expect("it is committed");
        } else {
            work.rollback();
        }
        assert!(!unit.is_open());
        let error = registry
            .try_emit_in(&unit, Moved("a"))
            .expect_err("it has ended");
        let ended = error.ended().expect("it has ended");
        assert_eq!(ended.is_committed(), is_committed);
        assert!(error.to_string().ends_with(text), "{error}");
        assert!(error.failures().is_empty());
        assert_eq!(error.into_event().map(|event| event.0), Some("a"));
        let emit = registry.try_emit_in_async(&unit, Moved("b"));
        let error = block_on(emit).expect_err("it has ended");
        assert_eq!(error.ended(), Some(ended));
        assert_eq!(error.into_event().map(|event| event.0), Some("b"));
        registry.emit_in(&unit, Moved("c"));
        block_on(registry.emit_in_async(&unit, Moved("d")));
        let refused: [UnitEnded; 4] = [
            unit.savepoint().expect_err("it has ended"),
            unit.after_commit(|| panic!("it is not called"))
                .expect_err("it has ended"),
            unit.before_commit(|_| panic!("it is not called"))
                .expect_err("it has ended"),
            unit.before_commit_async(async |_| panic!("it is not called"))
                .expect_err("it has ended"),
        ];
        assert_eq!(refused, [ended; 4]);
    };
    registry
        .on(|_: &Moved| panic!("nothing is emitted"))
        .detach();
    check(
        UnitOfWork::begin(),
        true,
        "the unit of work is committed; emit before its commit, or begin another one",
    );
    check(
        UnitOfWork::begin(),
        false,
        "the unit of work was rolled back; begin another one",
    );
}

#[test]
fn the_handle_of_a_unit_that_is_gone_is_one_that_has_ended() {
    let handle = UnitOfWork::begin().handle();
    assert!(!handle.is_open());
    let error = Registry::new()
        .try_emit_in(&handle, Did("a"))
        .expect_err("it is gone");
    assert!(error.ended().is_some_and(|ended| !ended.is_committed()));
}

/// An error with a source, which its text does not show.
#[derive(Debug)]
struct NotParsed(ParseIntError);

impl fmt::Display for NotParsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not parsed")
    }
}

impl Error for NotParsed {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

#[test]
fn a_function_before_the_commit_may_refuse_it() {
    let journal = Journal::default();
    let registry = registry(&journal);
    let work = UnitOfWork::begin();
    registry.emit_in(&work.handle(), Did("a"));
    work.before_commit(|_| Err("the outbox is full".into()));
    work.before_commit(|_| panic!("it is not reached"));
    let error = work.commit().expect_err("a function refuses it");
    assert_eq!(
        error.to_string(),
        "a function before the commit returned an error: the outbox is full"
    );
    assert!(error.source().is_none(), "its text has the error");
    assert_eq!(journal.take(), ["now a", "undone a"]);
    let work = UnitOfWork::begin();
    work.before_commit(|_| match "x".parse::<u8>() {
        Ok(_) => Ok(()),
        Err(error) => Err(NotParsed(error).into()),
    });
    let error = work.commit().expect_err("a function refuses it");
    assert_eq!(
        error.to_string(),
        "a function before the commit returned an error: not parsed, caused by: invalid digit found in string"
    );
}

/// An error that shows its source, as those of databases do.
#[derive(Debug)]
struct Showing(&'static str, Box<dyn Error + Send + Sync>);

impl fmt::Display for Showing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.0, self.1)
    }
}

impl Error for Showing {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.1)
    }
}

#[test]
fn a_source_that_an_error_shows_itself_is_not_repeated() {
    let check = |outer: &'static str, inner: &'static str, expected: &str| {
        let inner = Showing(inner, "locked".into());
        let outer = Showing(outer, Box::new(inner));
        let work = UnitOfWork::begin();
        work.before_commit(move |_| Err(outer.into()));
        let error = work.commit().expect_err("a function refuses it");
        let text = format!("a function before the commit returned an error: {expected}");
        assert_eq!(error.to_string(), text);
    };
    check("query: ", "database: ", "query: database: locked");
    check("", "", "locked");
    check("query: ", "un", "query: unlocked, caused by: locked");
}

#[test]
fn functions_before_the_commit_run_in_order_and_may_emit_and_add_further_ones() {
    let journal = Journal::default();
    let registry = registry(&journal);
    let work = UnitOfWork::begin();
    let (inner, notes) = (registry.clone(), journal.clone());
    work.before_commit(move |unit| {
        inner.emit_in(unit, Did("a"));
        let notes = notes.clone();
        unit.before_commit(move |_| {
            notes.note("last");
            Ok(())
        })?;
        Ok(())
    });
    let notes = journal.clone();
    work.before_commit(move |unit| {
        notes.note("second");
        assert!(unit.is_open());
        Ok(())
    });
    let point = work.savepoint();
    point
        .handle()
        .before_commit(|_| panic!("it is rolled back"))
        .expect("it is open");
    point.rollback();
    work.commit().expect("it is committed");
    assert_eq!(journal.take(), ["now a", "second", "last", "committed a"]);
}

#[test]
fn a_function_that_is_async_needs_a_commit_that_is() {
    let journal = Journal::default();
    let begin = || {
        let work = UnitOfWork::begin();
        let notes = journal.clone();
        work.before_commit_async(async move |unit| {
            notes.note(format!("open: {}", unit.is_open()));
            Ok(())
        });
        work
    };
    let error = begin().commit().expect_err("it is not awaited");
    assert!(matches!(error, CommitError::NotAwaited));
    assert_eq!(journal.take(), [""; 0]);
    let prepared = block_on(begin().prepare_async()).expect("it is prepared");
    prepared.commit();
    assert_eq!(journal.take(), ["open: true"]);
}

#[test]
fn an_order_that_a_unit_does_not_keep_is_an_error() {
    let registry = Registry::new();
    let on = |id| registry.subscribe(|_: &Did| ()).id(id);
    on("committed")
        .after_commit()
        .register()
        .expect("it is subscribed")
        .detach();
    let error = on("now")
        .after("committed")
        .register()
        .expect_err("it runs earlier");
    let SubscribeError::DividedByUnit { first, second } = &error else {
        panic!("{error}");
    };
    assert!(
        first.starts_with("committed ") && second.starts_with("now "),
        "{error}"
    );
    assert!(
        error.to_string().ends_with("or remove the order"),
        "{error}"
    );
    on("before")
        .before("committed")
        .register()
        .expect("it runs earlier")
        .detach();
    on("undone")
        .after_rollback()
        .after("committed")
        .register()
        .expect_err("never both");
    let after = on("after").after_commit().after("committed");
    after.register().expect("in one phase").detach();
}

/// Two pattern subscribers may receive events of both kinds.
#[test]
fn an_order_of_patterns_holds_for_all_events() {
    let registry = Registry::new();
    let on = |id| {
        let subscription = registry.subscribe_topic(".*", |_: &dyn events_core::AnyEvent| ());
        subscription.expect("valid").id(id)
    };
    on("default").register().expect("it is subscribed").detach();
    on("at once")
        .at_once()
        .after("default")
        .register()
        .expect_err("not for records");
    on("committed")
        .after_commit()
        .before("default")
        .register()
        .expect_err("not for others");
    on("committed")
        .after_commit()
        .after("default")
        .register()
        .expect("for all")
        .detach();
    on("at once")
        .at_once()
        .before("default")
        .register()
        .expect("for all")
        .detach();
}

#[test]
#[should_panic(expected = "the phase in a unit of work is set already; remove one of them")]
fn a_subscriber_has_one_phase() {
    let registry = Registry::new();
    let _ = registry.subscribe(|_: &Did| ()).after_commit().at_once();
}

/// Nothing of an event is shown.
#[derive(Event, Clone)]
struct Secret(&'static str);

#[test]
fn neither_errors_nor_units_show_an_event() {
    let registry = Registry::new();
    registry.on(|_: &Secret| Err::<(), _>("refused")).detach();
    registry.on_deferred(|_: &Secret| ()).detach();
    registry.queue().set_capacity(1);
    let work = UnitOfWork::begin();
    let unit = work.handle();
    let failed = registry
        .try_emit_in(&unit, Secret("hidden"))
        .expect_err("a subscriber fails");
    let full = registry
        .try_emit_in(&unit, Secret("hidden"))
        .expect_err("there is no room");
    let texts = [
        format!("{failed} {failed:?} {full} {full:?}"),
        format!("{work:?} {unit:?}"),
    ];
    assert!(
        texts.iter().all(|text| !text.contains("hidden")),
        "{texts:?}"
    );
    assert!(texts[1].contains("held: 1"), "{texts:?}");
    drop(work);
    let ended = registry
        .try_emit_in(&unit, Secret("hidden"))
        .expect_err("it has ended");
    assert!(!format!("{ended} {ended:?}").contains("hidden"));
}

#[test]
fn a_unit_that_is_prepared_takes_no_savepoint_and_no_further_function() {
    let work = UnitOfWork::begin();
    let prepared = work.prepare().expect("it is prepared");
    let unit = prepared.handle();
    assert!(unit.is_open());
    assert!(unit.savepoint().is_err());
    assert!(unit.before_commit(|_| panic!("it is not called")).is_err());
    unit.after_commit(|| ()).expect("it is open");
    prepared.commit();
    assert!(!unit.is_open());
}
