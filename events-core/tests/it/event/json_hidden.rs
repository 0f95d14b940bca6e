//! Section 1: what serde's attributes and `secret` hide is in no JSON of an event, nor in that of an event
//! that contains it.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    rc::Rc,
    sync::Arc,
};

use events_core::Event;
use serde::{Serialize, Serializer};
use serde_json::{Value, json, to_value};

use super::json::read;

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

fn stars<S: Serializer>(_: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str("***")
}

mod starred {
    pub(super) use super::stars as serialize;
}

macro_rules! event {
    ($($item:item)*) => {
        $(
            #[derive(Event, Clone, Serialize)]
            #[event(serialize)]
            $item
        )*
    };
}

event! {
    #[serde(rename_all = "camelCase")]
    struct Account {
        first_name: &'static str,
        #[serde(rename = "mail")]
        email: &'static str,
        #[serde(rename(serialize = "no", deserialize = "number"))]
        number: u32,
        #[serde(skip)]
        token: &'static str,
        #[serde(skip_serializing)]
        password: &'static str,
        #[serde(skip_serializing_if = "is_zero")]
        attempts: u32,
        #[serde(skip_serializing_if = "is_zero", rename = "left")]
        attempts_left: u32,
        #[serde(serialize_with = "stars")]
        code: String,
        #[serde(with = "starred")]
        pin: String,
    }

    #[serde(rename_all(serialize = "SCREAMING-KEBAB-CASE"))]
    struct Screaming {
        r#type: u8,
        second_name: u8,
    }

    #[serde(rename_all = "PascalCase")]
    struct Pascal { second_name: u8 }

    #[serde(rename_all = "lowercase")]
    struct Lower { second_name: u8 }

    #[serde(rename_all = "UPPERCASE")]
    struct Upper { second_name: u8 }

    #[serde(rename_all = "snake_case")]
    struct Snake { second_name: u8 }

    #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
    struct ScreamingSnake { second_name: u8 }

    #[serde(rename_all = "kebab-case")]
    struct Kebab { second_name: u8 }

    struct Pair(#[serde(skip)] u8, u8, #[serde(serialize_with = "stars")] String);

    struct Flat {
        number: u8,
        #[serde(flatten)]
        rest: BTreeMap<String, u8>,
    }

    #[serde(transparent)]
    struct Transparent { only: u8 }

    #[serde(tag = "kind")]
    struct Tagged { number: u8 }

    #[serde(into = "String")]
    struct Converted { number: u8 }
}

impl From<Converted> for String {
    fn from(Converted { number }: Converted) -> Self {
        format!("number {number}")
    }
}

fn account(attempts: u32) -> Account {
    Account {
        first_name: "Ada",
        email: "a@x.org",
        number: 7,
        token: "hunter2",
        password: "hunter2",
        attempts,
        attempts_left: 3,
        code: "hunter2".into(),
        pin: "hunter2".into(),
    }
}

/// An event as JSON is what serde makes of it.
fn check(event: impl Event + Serialize) {
    let expected = to_value(&event).expect("it is serializable");
    assert_eq!(json_of(event), expected);
    assert!(!expected.to_string().contains("hunter2"), "{expected}");
}

fn json_of(event: impl Event) -> Value {
    let json = read(|registry| drop(registry.try_emit(event)));
    json.expect("it is marked `serialize`")
}

#[test]
fn a_struct_follows_the_attributes_of_serde() {
    check(account(0));
    check(account(1));
    check(Screaming {
        r#type: 1,
        second_name: 2,
    });
    check(Pascal { second_name: 1 });
    check(Lower { second_name: 1 });
    check(Upper { second_name: 1 });
    check(Snake { second_name: 1 });
    check(ScreamingSnake { second_name: 1 });
    check(Kebab { second_name: 1 });
    check(Pair(1, 2, "hunter2".into()));
    let rest = BTreeMap::from([("a".to_owned(), 1)]);
    check(Flat { number: 1, rest });
    check(Transparent { only: 1 });
    check(Tagged { number: 1 });
    check(Converted { number: 1 });
}

#[derive(Event, Clone, Serialize)]
#[event(serialize)]
struct Renamed {
    #[event(secret)]
    #[serde(rename = "key")]
    first: &'static str,
    #[event(secret)]
    #[serde(serialize_with = "stars")]
    second: &'static str,
    #[event(secret)]
    #[serde(skip)]
    third: &'static str,
}

#[test]
fn a_secret_has_the_name_that_serde_gives_it() {
    let event = Renamed {
        first: "hunter2",
        second: "hunter2",
        third: "hunter2",
    };
    let expected = json!({"key": "[redacted]", "second": "[redacted]"});
    assert_eq!(json_of(event), expected);
}

#[derive(Event, Clone, Serialize)]
#[event(serialize)]
struct Inner {
    name: &'static str,
    #[event(secret)]
    password: &'static str,
}

/// Has no secret itself, but contains an event that has one.
#[derive(Event, Clone, Serialize)]
#[event(serialize)]
struct Middle {
    inner: Inner,
}

/// Has a secret, and is not marked `serialize`.
#[derive(Event, Clone, Serialize)]
struct Unmarked {
    #[event(secret)]
    password: &'static str,
}

#[derive(Event, Clone, Serialize)]
#[event(serialize)]
enum Either {
    One(Inner),
    Two {
        middle: Middle,
        #[serde(skip)]
        hidden: Option<Inner>,
    },
    Three,
}

#[derive(Event, Clone, Serialize)]
#[event(serialize)]
struct Flattened {
    #[serde(flatten)]
    inner: Inner,
}

const INNER: Inner = Inner {
    name: "ada",
    password: "hunter2",
};

/// Emits an event that contains the value, and compares the value's JSON.
fn check_nested<T: Nested>(value: T, expected: Value) {
    let json = value.json();
    assert!(!json.to_string().contains("hunter2"), "{json}");
    assert_eq!(json, Value::from_iter([("value", expected)]));
}

/// A value that is in an event, which has the type of the value in its definition.
trait Nested {
    fn json(self) -> Value;
}

macro_rules! nested {
    ($($name:ident: $type:ty),* $(,)?) => {
        $(
            const _: () = {
                #[derive(Event)]
                #[event(serialize)]
                struct $name {
                    value: $type,
                }

                impl Nested for $type {
                    fn json(self) -> Value {
                        json_of($name { value: self })
                    }
                }
            };
        )*
    };
}

nested!(
    OfInner: Inner,
    OfMiddle: Middle,
    OfUnmarked: Unmarked,
    OfEither: Either,
    OfFlattened: Flattened,
    OfOptionInner: Option<Inner>,
    OfOptionVecInner: Option<Vec<Inner>>,
    OfVecArcMiddle: Vec<Arc<Middle>>,
    OfBoxInner: Box<Inner>,
    OfBoxOptionInner: Box<Option<Inner>>,
    OfInner2: [Inner; 2],
    OfBoxedSlice: Box<[Inner]>,
    OfRef: &'static Inner,
    OfBTreeMapU8Inner: BTreeMap<u8, Inner>,
    OfHashMapStringOptionInner: HashMap<String, Option<Inner>>,
    OfVecEither: Vec<Either>,
    OfVecUnmarked: Vec<Unmarked>,
    OfVecU8: Vec<u8>,
    OfArcInner: Arc<Inner>,
    OfOptionRcInner: Option<Rc<Inner>>,
    OfCowInner: Cow<'static, Inner>,
);

#[test]
fn an_event_in_another_hides_what_it_hides_alone() {
    let inner = || json!({"name": "ada", "password": "[redacted]"});
    let middle = || json!({"inner": inner()});
    let redacted = || json!("[redacted]");
    let unmarked = Unmarked {
        password: "hunter2",
    };
    let two = |hidden| Either::Two {
        middle: Middle { inner: INNER },
        hidden,
    };
    check_nested(INNER, inner());
    check_nested(Middle { inner: INNER }, middle());
    check_nested(unmarked.clone(), redacted());
    check_nested(vec![unmarked], json!(["[redacted]"]));
    check_nested(Either::One(INNER), redacted());
    check_nested(two(None), redacted());
    check_nested(Either::Three, json!("Three"));
    check_nested(
        vec![Either::Three, two(Some(INNER))],
        json!(["Three", "[redacted]"]),
    );
    check_nested(Flattened { inner: INNER }, redacted());
    check_nested(Some(INNER), inner());
    check_nested(None::<Inner>, Value::Null);
    check_nested(Some(vec![INNER]), json!([inner()]));
    check_nested(vec![Arc::new(Middle { inner: INNER })], json!([middle()]));
    check_nested(Box::new(INNER), inner());
    check_nested(Box::new(Some(INNER)), inner());
    check_nested([INNER, INNER], json!([inner(), inner()]));
    check_nested(Box::<[Inner]>::from([INNER]), json!([inner()]));
    check_nested(&INNER, inner());
    check_nested(BTreeMap::from([(7_u8, INNER)]), json!({"7": inner()}));
    let map = HashMap::from([("a".to_owned(), Some(INNER))]);
    check_nested(map, json!({"a": inner()}));
    check_nested(Arc::new(INNER), inner());
    check_nested(Some(Rc::new(INNER)), inner());
    check_nested(Cow::Borrowed(&INNER), inner());
    check_nested(vec![1_u8], json!([1]));
}

#[test]
fn an_enum_with_an_event_that_hides_a_field_is_hidden() {
    assert_eq!(json_of(Either::One(INNER)), json!("[redacted]"));
    assert_eq!(json_of(Either::Three), json!("Three"));
    assert_eq!(json_of(Flattened { inner: INNER }), json!("[redacted]"));
}
