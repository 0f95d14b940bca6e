//! What waits in lanes comes out in the order in which it came, whatever its type.

use crate::typed_fifo::TypedFifo;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Thing {
    Number(u64),
    Word(&'static str),
    Nothing,
}

use Thing::{Nothing, Number, Word};

/// How a thing of one type is taken out.
#[derive(Clone, Copy)]
struct Kind(fn(&mut TypedFifo<Kind>, usize) -> Option<Thing>);

const NUMBER: Kind = Kind(|lanes, lane| lanes.take(lane).map(Number));
const WORD: Kind = Kind(|lanes, lane| lanes.take(lane).map(Word));
const NOTHING: Kind = Kind(|lanes, lane| lanes.take(lane).map(|()| Nothing));

fn put(lanes: &mut TypedFifo<Kind>, thing: Thing) {
    match thing {
        Number(number) => lanes.push(NUMBER, number),
        Word(word) => lanes.push(WORD, word),
        Nothing => lanes.push(NOTHING, ()),
    }
}

fn next(lanes: &mut TypedFifo<Kind>) -> Option<Thing> {
    let (lane, kind) = lanes.front()?;
    (kind.0)(lanes, lane)
}

/// The things come out as they were put in; when they do so again, their lanes are there already.
fn check(things: &[Thing]) {
    let mut lanes = TypedFifo::new();
    for _ in 0..2 {
        for (count, thing) in things.iter().enumerate() {
            assert_eq!(lanes.len(), count);
            put(&mut lanes, *thing);
        }
        let out: Vec<_> = std::iter::from_fn(|| next(&mut lanes)).collect();
        assert_eq!(out, things);
        assert!(lanes.is_empty());
    }
}

#[test]
fn things_keep_their_order() {
    check(&[]);
    check(&[Number(1)]);
    check(&[Number(1), Number(2), Number(3)]);
    check(&[Number(1), Word("a"), Number(2), Word("b")]);
    check(&[Word("a"), Word("b"), Number(1), Nothing, Nothing, Word("c")]);
}

#[test]
fn things_come_and_go_in_between() {
    let mut lanes = TypedFifo::new();
    for round in 0..100 {
        put(&mut lanes, Number(round));
        put(&mut lanes, Word("a"));
        put(&mut lanes, Number(round + 1));
        assert_eq!(next(&mut lanes), Some(Number(round)));
        assert_eq!(next(&mut lanes), Some(Word("a")));
        assert_eq!(next(&mut lanes), Some(Number(round + 1)));
        assert_eq!(next(&mut lanes), None);
    }
}

#[test]
fn what_is_asked_for_wrongly_stays() {
    let mut lanes = TypedFifo::new();
    put(&mut lanes, Number(1));
    put(&mut lanes, Word("a"));
    let (lane, _) = lanes.front().expect("two things wait");
    assert_eq!(lanes.take::<&str>(lane), None);
    assert_eq!(lanes.take::<&str>(lane + 1), None);
    assert_eq!(lanes.take::<u64>(lane + 2), None);
    assert_eq!(lanes.len(), 2);
    assert_eq!(lanes.take::<u64>(lane), Some(1));
    assert_eq!(next(&mut lanes), Some(Word("a")));
}
