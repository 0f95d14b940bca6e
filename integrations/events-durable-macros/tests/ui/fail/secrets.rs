//! Secret fields: what becomes of each is decided.

mod undecided {
    //! Nothing says what becomes of it.

    use events_core::Event;
    use events_durable::Durable;
    use serde::{Deserialize, Serialize};

    #[derive(Event, Durable, Clone, Serialize, Deserialize)]
    struct OrderPlaced {
        #[event(secret)]
        card: String,
    }
}

mod not_secret {
    //! The field is not secret.

    use events_core::Event;
    use events_durable::Durable;
    use serde::{Deserialize, Serialize};

    #[derive(Event, Durable, Clone, Serialize, Deserialize)]
    struct OrderPlaced {
        #[durable(secret(stored))]
        card: String,
    }
}

mod no_default {
    //! A field that is left out has a default.

    use events_core::Event;
    use events_durable::Durable;
    use serde::{Deserialize, Serialize};

    #[derive(Event, Durable, Clone, Serialize, Deserialize)]
    struct OrderPlaced {
        #[event(secret)]
        #[durable(secret(skip))]
        card: String,
    }
}

mod unknown_word {
    //! There are two decisions.

    use events_core::Event;
    use events_durable::Durable;
    use serde::{Deserialize, Serialize};

    #[derive(Event, Durable, Clone, Serialize, Deserialize)]
    struct OrderPlaced {
        #[event(secret)]
        #[durable(secret(encrypted))]
        card: String,
    }
}

mod both {
    //! One of them is taken.

    use events_core::Event;
    use events_durable::Durable;
    use serde::{Deserialize, Serialize};

    #[derive(Event, Durable, Clone, Serialize, Deserialize)]
    struct OrderPlaced {
        #[event(secret)]
        #[durable(secret(stored, skip))]
        card: String,
    }
}

mod unknown_option {
    //! A field has one option.

    use events_core::Event;
    use events_durable::Durable;
    use serde::{Deserialize, Serialize};

    #[derive(Event, Durable, Clone, Serialize, Deserialize)]
    struct OrderPlaced {
        #[event(secret)]
        #[durable(version = 2)]
        card: String,
    }
}

mod no_name {
    //! A field without a name.

    use events_core::Event;
    use events_durable::Durable;
    use serde::{Deserialize, Serialize};

    #[derive(Event, Durable, Clone, Serialize, Deserialize)]
    struct OrderPlaced(
        #[event(secret)]
        #[durable(secret(stored))]
        String,
    );
}

mod flattened {
    //! A field that is written into the object around it has no key.

    use events_core::Event;
    use events_durable::Durable;
    use serde::{Deserialize, Serialize};

    #[derive(Clone, Serialize, Deserialize)]
    struct Card {
        number: String,
    }

    #[derive(Event, Durable, Clone, Serialize, Deserialize)]
    struct OrderPlaced {
        #[event(secret)]
        #[durable(secret(stored))]
        #[serde(flatten)]
        card: Card,
    }
}

fn main() {}
