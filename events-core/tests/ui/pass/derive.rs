//! The derive: its options, those of fields, the types of these, and JSON.

mod event_options {
    //! Options of an event: unknown, given twice, with a wrong value or none, in a wrong place.

    use events_core::Event;

    #[derive(Event)]
    #[event(topic = "orders.placed")]
    struct Unknown;

    #[derive(Event)]
    #[event(topic = "five")]
    struct NoText;

    #[derive(Event)]
    #[event(topic = "full")]
    struct Empty;

    #[derive(Event)]
    #[event(topic = "valued")]
    struct NoValue;

    #[derive(Event)]
    #[event(topic = "one")]
    struct Twice;

    #[derive(Event)]
    #[event(topic = "said")]
    struct Nothing;

    #[derive(Event)]
    struct OnType {
        #[event(into)]
        name: String,
    }
}

mod event_places {
    //! Attributes in places where they are read, and each given once.

    use events_core::{Event, listener, observer, record::Created, subscriber};

    #[derive(Event)]
    #[event(topic = "entered.password")]
    struct Password(#[event(secret)] String);

    #[derive(Event)]
    struct Name {
        #[event(into)]
        text: String,
    }

    #[derive(Event)]
    struct Wrapped<T>(#[event(secret)] T);

    #[derive(Event)]
    #[event(topic = "lent")]
    struct Lent<'a> {
        text: &'a str,
    }

    #[derive(Event)]
    struct Called {
        #[event(secret)]
        by: fn(u32),
        number: u32,
        #[event(secret)]
        code: u32,
    }

    #[subscriber(once)]
    fn greet(event: &Called) {
        let _ = event.number;
    }

    struct User;

    struct Observes;

    #[observer(User)]
    impl Observes {
        fn created(&self, _: &Created<User>) {}
    }

    struct Listens;

    #[listener]
    impl Listens {
        #[on(once)]
        fn created(&self, _: &Created<User>) {}
    }
}

mod event_shapes {
    //! Types that cannot be events.

    use events_core::Event;

    #[derive(Event)]
    struct Bits {
        int: u32,
        float: f32,
    }

    #[derive(Event)]
    struct Login<'a> {
        name: &'a str,
        host: &'a str,
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
        #[event(default = 0)]
        total: u64,
        #[event(default = Clock)]
        clock: Clock,
    }
}

mod field_options {
    //! Options of a field: unknown, given twice, with a wrong value, in a wrong place.

    use events_core::Event;

    #[derive(Event)]
    struct OrderPlaced {
        #[event(into)]
        customer: String,
        #[event(into)]
        street: String,
        #[event(into)]
        city: String,
        #[event(secret)]
        card: u64,
        #[event(default)]
        total: u64,
        #[event(required)]
        note: Option<String>,
    }

    #[derive(Event)]
    struct Point(#[event(secret)] u8, u8);

    #[derive(Event)]
    enum Door {
        Opened {
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
        OrderPlaced::builder().total(5).customer("Ada").emit();
        OrderPlaced::builder().total(5).customer("Ada").emit();
        OrderPlaced::builder().total(5).customer("Ada").note("gift".into()).emit();
        emit!(OrderPlaced, total = 5, customer = "Ada");
    }
}

mod serialize {
    //! The fields of an event with `serialize` must be `Serialize`.

    use events_core::Event;

    struct Socket;

    impl serde::Serialize for Socket {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_unit()
        }
    }

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
    //! Attributes of serde on an event with a secret, and the others on one without.

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
        #[serde(skip)]
        session: Session,
    }

    #[derive(Event, Serialize)]
    #[event(serialize)]
    #[serde(tag = "kind")]
    struct Closed {
        #[serde(flatten)]
        session: Session,
    }
}

fn main() {}
