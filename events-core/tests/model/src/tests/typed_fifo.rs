//! Items are taken in the order in which they were pushed, whatever their types.

use crate::{context::EventChain, typed_fifo::TypedFifo};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Item {
    Number(u64),
    Word(&'static str),
    Unit,
}

use Item::{Number, Unit, Word};

/// Takes out an item of one type.
#[derive(Clone, Copy)]
struct Vtable(fn(&mut TypedFifo<Vtable>, usize) -> Option<Item>);

const NUMBER: Vtable = Vtable(|fifo, lane| fifo.take(lane).map(Number));
const WORD: Vtable = Vtable(|fifo, lane| fifo.take(lane).map(Word));
const UNIT: Vtable = Vtable(|fifo, lane| fifo.take(lane).map(|()| Unit));

fn push(fifo: &mut TypedFifo<Vtable>, item: Item) {
    match item {
        Number(number) => fifo.push(NUMBER, number, EventChain::NONE),
        Word(word) => fifo.push(WORD, word, EventChain::NONE),
        Unit => fifo.push(UNIT, (), EventChain::NONE),
    }
}

fn pop(fifo: &mut TypedFifo<Vtable>) -> Option<Item> {
    let (lane, vtable) = fifo.front()?;
    (vtable.0)(fifo, lane)
}

/// The items are taken in the order of the pushes, with new lanes and with existing ones.
fn check(items: &[Item]) {
    let mut fifo = TypedFifo::new();
    for _ in 0..2 {
        for (count, item) in items.iter().enumerate() {
            assert_eq!(fifo.len(), count);
            push(&mut fifo, *item);
        }
        let out: Vec<_> = std::iter::from_fn(|| pop(&mut fifo)).collect();
        assert_eq!(out, items);
        assert!(fifo.is_empty());
    }
}

#[test]
fn items_are_taken_in_order() {
    check(&[]);
    check(&[Number(1)]);
    check(&[Number(1), Number(2), Number(3)]);
    check(&[Number(1), Word("a"), Number(2), Word("b")]);
    check(&[Word("a"), Word("b"), Number(1), Unit, Unit, Word("c")]);
}

#[test]
fn items_are_pushed_and_taken_in_turns() {
    let mut fifo = TypedFifo::new();
    for round in 0..100 {
        push(&mut fifo, Number(round));
        push(&mut fifo, Word("a"));
        push(&mut fifo, Number(round + 1));
        assert_eq!(pop(&mut fifo), Some(Number(round)));
        assert_eq!(pop(&mut fifo), Some(Word("a")));
        assert_eq!(pop(&mut fifo), Some(Number(round + 1)));
        assert_eq!(pop(&mut fifo), None);
    }
}

#[test]
fn an_item_stays_when_the_type_or_the_lane_is_wrong() {
    let mut fifo = TypedFifo::new();
    push(&mut fifo, Number(1));
    push(&mut fifo, Word("a"));
    let (lane, _) = fifo.front().expect("two items are queued");
    assert_eq!(fifo.take::<&str>(lane), None);
    assert_eq!(fifo.take::<&str>(lane + 1), None);
    assert_eq!(fifo.take::<u64>(lane + 2), None);
    assert_eq!(fifo.len(), 2);
    assert_eq!(fifo.take::<u64>(lane), Some(1));
    assert_eq!(pop(&mut fifo), Some(Word("a")));
}
