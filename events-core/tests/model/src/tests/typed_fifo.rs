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
struct Vtable(fn(&mut TypedFifo<Vtable>) -> Option<Item>);

const NUMBER: Vtable = Vtable(|fifo| fifo.take().map(Number));
const WORD: Vtable = Vtable(|fifo| fifo.take().map(Word));
const UNIT: Vtable = Vtable(|fifo| fifo.take().map(|()| Unit));

fn push(fifo: &mut TypedFifo<Vtable>, item: Item) {
    match item {
        Number(number) => fifo.push(NUMBER, number),
        Word(word) => fifo.push(WORD, word),
        Unit => fifo.push(UNIT, ()),
    }
}

fn pop(fifo: &mut TypedFifo<Vtable>) -> Option<Item> {
    let (vtable, _) = fifo.front()?;
    (vtable.0)(fifo)
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
fn an_item_stays_when_the_type_is_wrong() {
    let mut fifo = TypedFifo::new();
    push(&mut fifo, Number(1));
    push(&mut fifo, Word("a"));
    assert_eq!(fifo.take::<&str>(), None);
    assert_eq!(fifo.take::<()>(), None);
    assert_eq!(fifo.len(), 2);
    assert_eq!(fifo.take::<u64>(), Some(1));
    assert_eq!(pop(&mut fifo), Some(Word("a")));
}

#[test]
fn an_item_has_the_chain_that_was_pushed_with_it() {
    let chain = |length| (0..length).fold(EventChain::NONE, |chain, _| chain.next());
    let pushed = [None, Some(2), None, None, Some(5), Some(1), None];
    let mut fifo = TypedFifo::new();
    for _ in 0..2 {
        for (number, length) in pushed.into_iter().enumerate() {
            match number % 2 {
                0 => fifo.push(NUMBER, 0_u64),
                _ => fifo.push(WORD, "a"),
            }
            if let Some(length) = length {
                fifo.set_chain(chain(length));
            }
        }
        for length in pushed {
            let (vtable, has_chain) = fifo.front().expect("it has an item");
            let chain = has_chain.then(|| fifo.front_chain()).flatten();
            assert_eq!(chain.map(EventChain::length), length);
            assert!((vtable.0)(&mut fifo).is_some());
        }
        assert!(fifo.front().is_none());
    }
}
