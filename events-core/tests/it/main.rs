//! trial
use events_core::*;
use std::ops::ControlFlow;

#[derive(Event, Debug, Clone)]
pub struct FirstLogin {
    pub user: u64,
    #[event(into)]
    pub ip: String,
    #[event(default)]
    pub attempts: u32,
    pub referrer: Option<String>,
}

#[subscriber]
fn greet(event: &mut FirstLogin) {
    event.attempts += 1;
}
#[subscriber(priority = 10, when = |e: &FirstLogin| e.user > 3, before = greet)]
fn second(event: &FirstLogin) -> Result<(), std::num::ParseIntError> {
    event.ip.parse::<u32>().map(|_| ())
}

#[derive(Event)]
struct Login<'a> {
    user: &'a mut u64,
    name: &'a str,
}
#[subscriber]
fn login(event: &mut Login<'_>, emission: &Emission) {
    *event.user += event.name.len() as u64;
    assert_eq!(emission.topic(), Login::topic());
}

#[derive(Event)]
struct Page<T: Clone>
where
    T: Send,
{
    item: T,
}
#[subscriber]
fn page(event: &mut Page<u8>) -> ControlFlow<()> {
    event.item += 1;
    ControlFlow::Break(())
}

#[derive(Event)]
struct Weird {
    build: u8,
    emit: u8,
    topic: u8,
    builder: u8,
    self_: u8,
    r#type: u8,
}

#[test]
fn trial() {
    println!("{}", events_core::scan());
    let e = FirstLogin::builder().ip("10").user(7).emit();
    assert_eq!(e.attempts, 1);
    println!(
        "{}",
        FirstLogin::builder()
            .ip("1x0")
            .user(7)
            .try_emit()
            .unwrap_err()
    );
    let mut n = 1;
    Login {
        user: &mut n,
        name: "abc",
    }
    .emit();
    Login::builder().user(&mut n).name("x").emit();
    assert_eq!(n, 5);
    assert_eq!(emit!(Page<u8>, item = 3).item, 4);
    assert_eq!(Page { item: 'x' }.emit().item, 'x');
    let w = Weird::builder()
        .build(1)
        .emit(2)
        .topic(3)
        .builder(4)
        .self_(5)
        .r#type(6)
        .build();
    assert_eq!(w.build + w.r#type, 7);
    let w = emit!(
        Weird,
        build = 1,
        emit = 2,
        topic = 3,
        builder = 4,
        self_ = 5,
        r#type = 6
    );
    let r = Registry::new();
    let _s = r.on_borrowed::<Login>(|event| *event.user += 100);
    let mut n = 1;
    r.emit(Login {
        user: &mut n,
        name: "abc",
    });
    assert_eq!(n, 101);
    let _ = r.on(|e: &mut FirstLogin| e.attempts = 9);
    let _k = r.on(greet);
    let r = Registry::with(subscribers![greet]);
    assert_eq!(
        r.emit(FirstLogin::builder().ip("10").user(7).build())
            .attempts,
        1
    );
    let _ = w;
}
