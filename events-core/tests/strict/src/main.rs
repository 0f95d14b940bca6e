//! Scans, emits, and asserts the results.

#![forbid(unsafe_code, unused_imports)]
#![deny(warnings, missing_docs, unreachable_pub, rust_2018_idioms)]
#![deny(clippy::all, clippy::pedantic, clippy::nursery)]

use std::sync::atomic::Ordering;

use events_core::{Event, args, emit, emit_topic, enqueue_topic, record::Creating};
use strict::{
    events::{
        arguments::arguments,
        fields::{Conventions, Difficult, Options},
        generics::{Lent, Login, Page, Shared},
        hidden,
        imported::Framed,
        linted,
        macro_generated::{Again, Generated},
        shadowed,
        shapes::{Door, Empty, Named, Tuple, Unit, r#virtual},
    },
    subscribers::{
        background::{Outbox, signup},
        flushed::{DONE, Job, Office, parsed},
        handlers::{Ledger, OrderPlaced, checkout, names},
        listeners::{Branch, Sent},
        observers::{self, User},
    },
};

fn main() {
    events_core::scanner!(strict)
        .state(Ledger::default())
        .state(1_u8)
        .state(Outbox::default())
        .state(linted::state())
        .run();
    events_core::scan!(strict);
    shapes();
    fields();
    borrowed();
    handlers();
    listeners();
    let _ = signup("ann");
    flushed();
    assert_eq!(linted::emit_gone(), 4);
    assert_eq!(hidden::emit_all(), 10);
    assert_eq!(shadowed::emit_all(), 9);
    let [names, of_macro] = arguments();
    for (name, value) in [("value", 1), ("Option", 2), ("type", 3), ("self", 4), ("fn", 5)] {
        assert_eq!(names.arg::<u8>(name), Some(&value));
    }
    let text = format!("{:?}", emit_topic("strict.arguments", of_macro));
    assert_eq!(text, "Args { first: .., second: [redacted], of_macro: .. }");
    assert!(enqueue_topic("strict.arguments", args! {}).is_ok());
    assert_eq!(Framed::builder().name("a").emit().name, "a");
    assert_eq!(emit!(Generated, first = 1).value, 4);
    assert_eq!(
        emit!(Again, second = vec![], value = 0, origin = "x").value,
        0
    );
}

fn shapes() {
    let named = Named::builder().ip("10.0.0.1").user(7).emit();
    assert_eq!((named.user, named.ip.as_str()), (7, "10.0.0.1"));
    let _ = Unit::builder().build();
    let _ = emit!(Unit);
    let _ = Empty::builder().emit();
    assert_eq!(Unit::topic(), "strict.unit");
    assert_eq!(Tuple(1, "x".into()).emit().0, 1);
    assert!(matches!(Door::Shut.emit(), Door::Shut));
    let by = "me".to_owned();
    assert!(matches!(Door::Opened { by }.emit(), Door::Opened { .. }));
    assert_eq!(r#virtual::builder().r#type(1).emit().r#type, 1);
    assert_eq!(r#virtual::topic(), "strict::events::shapes::virtual");
}

fn fields() {
    let options = Options::builder()
        .plain(1)
        .name("a")
        .timeout(None)
        .password("p".into())
        .maybe_size(None)
        .maybe_referrer(Some("r".into()))
        .agent("b")
        .emit();
    assert_eq!((options.size, options.level), (8192, 7));
    assert_eq!(options.referrer.as_deref(), Some("r"));
    let difficult = Difficult::builder()
        .build(1)
        .builder(2)
        .emit(3)
        .emit_from(4)
        .try_emit(5)
        .try_emit_from(6)
        .emit_async(6)
        .enqueue(6)
        .topic(7)
        .info(8)
        .self_(9)
        .value(10)
        .origin(11)
        .event(12)
        .r#type(13)
        .r#fn(14)
        .emit();
    assert_eq!(difficult.build + difficult.r#fn, 15);
    let conventions = Conventions::builder()
        .is_new(true)
        .as_text(1)
        .into_text(2)
        .from_text(3)
        .to_text(4)
        .new(5)
        .default(6)
        .next(7)
        .add(8)
        .not(9)
        .clone(10)
        .eq(11)
        .drop(12);
    assert!(conventions.build().is_new);
}

fn borrowed() {
    let mut count = 0;
    let login = Login::builder().host("h").count(&mut count).emit();
    assert_eq!(login.note, Some("h"));
    assert_eq!(count, 1);
    assert_eq!(emit!(Page<u8>, records = [1; 4]).records[0], 2);
    assert_eq!(
        Page::<_, 2>::builder().records(['a'; 2]).emit().records,
        ['a'; 2]
    );
    assert_eq!(*Shared { value: 5.into() }.emit().value, 5);
    assert_eq!(*Lent::builder().item(&6).copy('c').emit().item, 6);
}

fn flushed() {
    assert!(parsed("x").is_err());
    assert_eq!(parsed("2").unwrap(), 3);
    assert_eq!(*Office::default().counted("ab"), 1);
    Job::builder().amount(1).enqueue().unwrap();
    assert_eq!(parsed("9").unwrap(), 9);
    assert_eq!(DONE.load(Ordering::Relaxed), 16);
}

fn listeners() {
    let sent = || emit!(Sent, grams = 5; origin = "till").log;
    assert_eq!(sent(), ["weigh", "charge", "till"]);
    let branch = events_core::registry().add(Branch::open("main"));
    assert_eq!(sent(), ["weigh", "till", "main"]);
    drop(branch);
    assert_eq!(sent(), ["weigh", "till"]);
    assert!(observers::added());
    let name = "Ada".to_owned();
    let created = Creating::new(User { name });
    assert_eq!(created.emit().record.name, "ada");
}

fn handlers() {
    assert_eq!(checkout(5).log, ["audit", "charge", "first checkout"]);
    assert_eq!(checkout(5).log, ["audit", "charge"]);
    let order = emit!(OrderPlaced, cents = 5; origin = "till");
    assert_eq!(order.log, ["audit", "charge", "till"]);
    assert!(OrderPlaced::builder().cents(5_000).try_emit().is_err());
    assert_eq!(
        names::origin().0,
        ["event", "run", "installer", "once", "type"]
    );
}
