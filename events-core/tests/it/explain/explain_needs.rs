//! `explain` shows what the parameters of a subscriber need in each call.

use events_core::{
    Event, Registry, State,
    explaining::Explained,
    failures::{BoxError, Cause},
    handlers::{CallContext, Param, Prepare, PrepareError},
    listener, subscriber, subscribers,
};

#[derive(Event, Clone)]
#[event(topic = "needs.placed")]
struct Placed;

/// A value of the emitter.
struct Needed<const N: usize>;

const WORDS: [&str; 2] = ["with a tenant", "in a\ntransaction"];

impl<const N: usize> Param for Needed<N> {
    type Kept = ();
    type Held<'c> = ();
    type Item<'i> = Self;

    fn prepare(scan: &Prepare<'_>) -> Result<(), PrepareError> {
        scan.needs(WORDS[N]);
        Ok(())
    }

    fn acquire<'c>((): &'c (), call: &'c CallContext<'c>) -> Result<(), BoxError> {
        call.require::<u8>()?;
        Ok(())
    }

    fn item<'i, 'c: 'i>((): &'i mut ()) -> Self {
        Self
    }
}

#[subscriber(priority = 4)]
fn both(_: &Placed, _: Needed<0>, _: Needed<1>, _: Needed<0>) {}

#[subscriber(priority = 3, when = |_| true)]
fn conditional(_: &mut Placed, _: State<'_, u16>, _: Needed<0>) {}

#[subscriber(priority = 2, after_commit)]
fn at_commit(_: &Placed, _: Needed<0>) {}

#[subscriber(priority = 1)]
fn without(_: &Placed, _: State<'_, u16>) {}

#[subscriber(topic = r"needs\..*")]
fn by_pattern(_: &dyn events_core::AnyEvent, _: Needed<0>) {}

struct Desk;

#[listener]
impl Desk {
    #[on(priority = 5)]
    fn method(&self, _: &Placed, _: Needed<1>) {}
}

fn registry() -> Registry {
    let registry = Registry::new();
    let subscribers = subscribers![both, conditional, at_commit, without, by_pattern];
    registry
        .scanner()
        .state(7_u16)
        .subscribers(subscribers)
        .run();
    registry.add(Desk).detach();
    registry
}

fn own(explanation: &events_core::explaining::Explanation) -> Vec<String> {
    let line = |one: &Explained| {
        let text = one.to_string();
        let name = &one.subscriber().name;
        let name = name.rsplit("::").next().unwrap_or(name);
        let (_, verdict) = text.split_once("): ").expect("it has a verdict");
        format!("{name}: {verdict}")
    };
    let is_own = |one: &&Explained| one.subscriber().module == module_path!();
    explanation.subscribers().filter(is_own).map(line).collect()
}

#[test]
fn what_a_call_needs_stands_behind_called() {
    let registry = registry();
    let explanation = registry.explain::<Placed>();
    assert_eq!(
        own(&explanation),
        [
            r"method: called, in a\ntransaction",
            r"both: called, with a tenant, in a\ntransaction",
            "conditional: called if its condition accepts the event, with a tenant",
            "at_commit: called, with a tenant, after the commit if it is emitted in a unit of work",
            "without: called",
            "by_pattern: called, with a tenant",
        ]
    );
    let notes: Vec<_> = explanation.notes().collect();
    let note = "5 subscribers need what not every emit gives, which the verdict names; an emit without it does not call the \
                subscriber, which is a failure";
    assert_eq!(notes, [note]);
    let both = explanation.called().nth(1).expect("it is called");
    assert_eq!(both.subscriber().needs().collect::<Vec<_>>(), WORDS);
}

#[test]
fn an_emit_without_it_fails_at_these_subscribers_and_one_with_it_calls_them() {
    let registry = registry();
    let explanation = registry.explain::<Placed>();
    let with_needs = explanation.called().map(Explained::subscriber);
    let with_needs: Vec<_> = with_needs
        .filter(|one| one.needs().next().is_some())
        .collect();

    let error = registry.try_emit(Placed).expect_err("it gives nothing");
    let failed: Vec<_> = error
        .failures()
        .iter()
        .map(events_core::Failure::subscriber)
        .collect();
    let names = |of: &[&events_core::info::SubscriberInfo]| -> Vec<String> {
        of.iter().map(|one| one.name.to_string()).collect()
    };
    assert_eq!(names(&failed), names(&with_needs));
    let is_param = |cause: &Cause| matches!(cause, Cause::Param { .. });
    assert!(
        error.failures().iter().all(|one| is_param(one.cause())),
        "{error}"
    );
    assert!(registry.emitting().with(7_u8).try_emit(Placed).is_ok());
}

#[test]
fn a_verdict_that_it_is_not_called_shows_no_needs() {
    let registry = registry();
    let muted = registry.mute(both);
    let explanation = registry.explain::<Placed>();
    let lines = own(&explanation);
    assert_eq!(lines[1], "both: not called: it is muted");
    let notes: Vec<_> = explanation.notes().collect();
    assert!(notes[0].starts_with("4 subscribers need"), "{notes:?}");
    drop(muted);
}
