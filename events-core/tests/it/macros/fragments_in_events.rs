//! Fragments of `macro_rules!` in `#[derive(Event)]` and `emit!` mean what they mean elsewhere.

use std::{fmt::Debug, marker::PhantomData};

use events_core::{Event, Registry, emit};

/// Declares an event with a fragment of every kind.
macro_rules! event {
    (
        $vis:vis $name:ident $topic:literal $docs:literal $core:path;
        $optional:ty, $required:ty, $plain:path, $length:expr, $default:expr, $block:block
    ) => {
        #[derive(Event, Debug, Clone, PartialEq)]
        #[event(topic = $topic, crate = $core)]
        #[doc = $docs]
        $vis struct $name {
            $vis optional: $optional,
            #[event(required)]
            required: $required,
            plain: $plain,
            array: [u8; $length * 2],
            #[event(default = $default * 2)]
            number: u16,
            #[event(into, default = $block)]
            text: String,
        }
    };
}

event! {
    pub(crate) Declared "shop.declared" "What it is." events_core;
    Option<u8>, Option<Vec<u8>>, Vec<u8>, 1 + 2, 1 + 2, { "a" }
}

/// As [`event`], through one more macro.
macro_rules! event_again {
    ($name:ident $topic:literal, $optional:ty, $length:expr) => {
        event! {
            $name $topic "Declared again." events_core;
            $optional, $optional, Vec<u8>, $length, $length, { "a" }
        }
    };
}

event_again!(Again "shop.again", Option<u8>, 1 + 2);

#[test]
fn a_field_may_have_a_type_that_a_fragment_contains() {
    let declared = Declared::builder()
        .required(None)
        .plain(vec![1])
        .array([7; 6]);
    let declared = declared.optional(3).build();
    let expected = Declared {
        optional: Some(3),
        required: None,
        plain: vec![1],
        array: [7; 6],
        number: 6,
        text: "a".to_owned(),
    };
    assert_eq!(declared, expected);
    assert_eq!(Declared::topic(), "shop.declared");
    assert_eq!(Declared::info().docs(), "What it is.");
    let types: Vec<_> = Declared::info()
        .fields()
        .map(|field| field.type_name())
        .collect();
    let expected = [
        "Option<u8>",
        "Option<Vec<u8>>",
        "Vec<u8>",
        "[u8; (1 + 2) * 2]",
        "u16",
        "String",
    ];
    assert_eq!(types, expected);

    let again = Again::builder()
        .required(Some(4))
        .plain(vec![])
        .array([0; 6])
        .build();
    assert_eq!((again.optional, again.number), (None, 6));
    assert_eq!(Again::topic(), "shop.again");
}

/// Declares a tuple struct, an enum, a struct that borrows, and one with parameters.
macro_rules! shapes {
    ($ty:ty, $lifetime:lifetime, $borrowed:ty, $dynamic:ty, $bound:path, $default:ty, $length:expr) => {
        #[derive(Event, Debug, Clone, PartialEq)]
        struct Tuple(#[event(secret)] $ty);

        #[derive(Event, Debug, Clone, PartialEq)]
        enum Choice {
            One($ty),
            Two { other: $ty },
        }

        #[derive(Event)]
        struct Borrows<$lifetime> {
            text: $borrowed,
            dynamic: &$lifetime $dynamic,
        }

        #[derive(Event, Debug, Clone, PartialEq)]
        struct Generic<T: $bound = $default, const N: usize = { $length * 2 }>
        where
            T: $bound,
        {
            items: [T; N],
            other: PhantomData<$ty>,
        }
    };
}

shapes!(Option<u8>, 'a, Option<&'a str>, dyn Debug + Sync, Clone, u8, 1 + 1);

#[test]
fn events_of_every_shape_may_consist_of_fragments() {
    let registry = Registry::new();
    assert_eq!(registry.emit(Tuple(Some(1))), Tuple(Some(1)));
    let choice = registry.emit(Choice::Two { other: None });
    assert_eq!(choice, Choice::Two { other: None });
    assert_eq!(Choice::One(None).clone(), Choice::One(None));
    let borrowed = Borrows::builder().dynamic(&1_u8).build();
    assert_eq!(
        (borrowed.text, format!("{:?}", borrowed.dynamic)),
        (None, "1".to_owned())
    );
    let generic = Generic::<u8>::builder()
        .items([1; 4])
        .other(PhantomData)
        .build();
    assert_eq!(generic.items.len(), 4);
}

#[derive(Debug, Clone, Default, PartialEq)]
struct Sized<const N: usize>;

/// Declares an event with a const argument, which the compiler accepts without braces.
macro_rules! sized {
    ($name:ident, $length:expr) => {
        #[derive(Event, Debug, Clone, Default, PartialEq)]
        struct $name<const N: usize = $length> {
            plain: Sized<$length>,
            nested: Vec<Sized<$length>>,
            optional: Option<Sized<N>>,
        }
    };
}

const LENGTH: usize = 3;

sized!(OfLiteral, 3);
sized!(OfConst, LENGTH);
sized!(OfBlock, { 1 + 2 });
sized!(OfLabelledBlock, 'length: { break 'length 3 });

#[test]
fn a_const_argument_may_be_a_fragment() {
    macro_rules! check {
        ($($name:ident)*) => {$(
            let event: $name = $name::builder().plain(Sized::<3>).nested(vec![Sized]).build();
            assert_eq!(Registry::new().emit(event).optional, None, stringify!($name));
        )*};
    }
    check!(OfLiteral OfConst OfBlock OfLabelledBlock);
}

/// Emits an event that is a type, a path and a name.
macro_rules! emitted {
    ($ty:ty, $path:path, $name:ident, $field:ident, $value:expr, $origin:expr) => {
        [
            emit!($ty, $field = $value * 2).amount,
            emit!($path, $field = $value * 2; origin = $origin).amount,
            emit!($name, $field = $value * 2).amount,
        ]
    };
}

#[derive(Event, Debug)]
struct Paid<T: Debug + 'static = ()> {
    amount: u8,
    extra: Option<T>,
}

type Plain = Paid<()>;

#[test]
fn emit_accepts_fragments() {
    let amounts = emitted!(Paid<u8>, Paid::<u16>, Plain, amount, 1 + 2, "x");
    assert_eq!(amounts, [6; 3]);
    assert!(Paid::<u8>::builder().amount(1).build().extra.is_none());
}
