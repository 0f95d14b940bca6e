//! The attribute of a test.

mod test_on_a_struct {
    //! Only a function can be a test.

    use events_core::Event;
    use events_testing::EventMock;

    #[derive(Event)]
    struct Saved;

    #[derive(Event)]
    struct Sent;

    #[events_testing::test]
    fn signup() {}

    fn main() {
        EventMock::install().fake_only::<(Saved, Sent)>();
    }
}

mod test_without_a_body {
    //! A test function needs a body.

    use events_core::Event;
    use events_testing::EventMock;

    #[derive(Event)]
    struct Saved;

    #[derive(Event)]
    struct Sent;

    #[events_testing::test]
    fn signup() {}

    fn main() {
        EventMock::install().fake_only::<(Saved, Sent)>();
    }
}

mod unknown_option {
    //! The attribute rejects unknown options.

    use events_core::Event;
    use events_testing::EventMock;

    #[derive(Event)]
    struct Saved;

    #[derive(Event)]
    struct Sent;

    #[events_testing::test(empty)]
    fn signup() {}

    fn main() {
        EventMock::install().fake_only::<(Saved, Sent)>();
    }
}

fn main() {}
