//! The derive: its options, those of fields, the types of these, and JSON.

mod event_options {
    //! Options of an event: unknown, given twice, with a wrong value or none, in a wrong place.

    use events_core::Event;

    #[derive(Event)]
    #[event(topik = "orders.placed")]
    struct Unknown;

    #[derive(Event)]
    #[event(topic = 5)]
    struct NoText;

    #[derive(Event)]
    #[event(topic = "")]
    struct Empty;

    #[derive(Event)]
    #[event(topic)]
    struct NoValue;

    #[derive(Event)]
    #[event(topic = "one", topic = "two")]
    struct Twice;

    #[derive(Event)]
    #[event]
    struct Nothing;

    #[derive(Event)]
    #[event(into)]
    struct OnType {
        name: String,
    }
}

mod event_places {
    //! `#[event(..)]` in places where it is not read: on a variant and its fields, on parameters, and inside of
    //! types; `#[on]` on an impl block; and attributes that are given twice.

    use events_core::{Event, listener, on, record::Created, observer, subscriber};

    #[derive(Event)]
    enum Entered {
        #[event(secret)]
        Password(String),
        #[event(topic = "entered.pin")]
        Pin,
        Code(#[event(secret)] u32),
        Name {
            #[event(into)]
            text: String,
        },
    }

    #[derive(Event)]
    struct Wrapped<#[event(secret)] T>(T);

    #[derive(Event)]
    struct Lent<#[event(serialize)] 'a> {
        text: &'a str,
    }

    #[derive(Event)]
    struct Called {
        by: fn(#[event(secret)] u32),
        #[event(serialize)]
        number: u32,
        #[event(other::secret)]
        code: u32,
    }

    #[derive(Event)]
    struct Rang {
        number: u32,
    }

    #[subscriber]
    #[subscriber(once)]
    fn greet(event: &Rang) {
        let _ = event.number;
    }

    struct User;

    struct Both;

    #[listener]
    #[observer(User)]
    impl Both {
        #[on(once)]
        fn created(&self, _: &Created<User>) {}
    }

    struct Outside;

    #[listener]
    #[on(once)]
    impl Outside {
        #[on]
        fn created(&self, _: &Created<User>) {}
    }
}

mod event_shapes {
    //! Types that cannot be events.

    use events_core::Event;

    #[derive(Event)]
    union Bits {
        int: u32,
        float: f32,
    }

    #[derive(Event)]
    struct Login<'a, 'b> {
        name: &'a str,
        host: &'b str,
    }

    struct Buffer<const N: usize>;

    /// An event with a const argument.
    macro_rules! buffered {
        ($length:expr) => {
            #[derive(Event)]
            struct Buffered {
                buffer: Buffer<$length>,
            }
        };
    }

    buffered!('length: { break 'length 3 });
}

mod field_default {
    //! A default of another type, and of a type that has none.

    use events_core::Event;

    struct Clock;

    #[derive(Event)]
    struct OrderPlaced {
        #[event(default = "none")]
        total: u64,
        #[event(default)]
        clock: Clock,
    }
}

mod field_options {
    //! Options of a field: unknown, given twice, with a wrong value, in a wrong place.

    use events_core::Event;

    #[derive(Event)]
    struct OrderPlaced {
        #[event(inot)]
        customer: String,
        #[event(into, into)]
        street: String,
        #[event(into = String)]
        city: String,
        #[event(topic = "orders")]
        card: u64,
        #[event(required)]
        total: u64,
        #[event(default, required)]
        note: Option<String>,
    }

    #[derive(Event)]
    struct Point(#[event(into)] u8, #[event(default)] u8);

    #[derive(Event)]
    enum Door {
        Opened {
            #[event(default)]
            by: String,
        },
    }
}

mod field_type {
    //! A field that is set to a value of another type.

    use events_core::{Event, emit};

    struct Name(String);

    impl From<&str> for Name {
        fn from(name: &str) -> Self {
            Self(name.to_owned())
        }
    }

    #[derive(Event)]
    struct OrderPlaced {
        total: u64,
        #[event(into)]
        customer: Name,
        note: Option<String>,
    }

    fn main() {
        OrderPlaced::builder().total("much").customer("Ada").emit();
        OrderPlaced::builder().total(5).customer(7).emit();
        OrderPlaced::builder().total(5).customer("Ada").note(Some("gift".into())).emit();
        emit!(OrderPlaced, total = "much", customer = "Ada");
    }
}

mod serialize {
    //! The fields of an event with `serialize` must be `Serialize`.

    use events_core::Event;

    struct Socket;

    #[derive(Event)]
    #[event(serialize)]
    struct Connected {
        address: String,
        socket: Socket,
    }

    fn main() {
        Connected { address: String::new(), socket: Socket }.emit();
    }
}

mod serialize_secret {
    //! An attribute of serde that changes how a struct is written as a whole, on an event with a secret.

    use events_core::Event;
    use serde::Serialize;

    #[derive(Serialize)]
    struct Session {
        token: String,
    }

    #[derive(Event, Serialize)]
    #[event(serialize)]
    struct Opened {
        #[event(secret)]
        pin: u32,
        #[serde(flatten)]
        session: Session,
    }

    #[derive(Event, Serialize)]
    #[event(serialize)]
    #[serde(tag = "kind")]
    struct Closed {
        #[event(secret)]
        pin: u32,
    }
}

fn main() {}
