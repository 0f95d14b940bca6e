//! A mock and its expectations.

mod emitted_of_a_record_event {
    //! A mock keeps no clones of the events of records and accounts.

    use events_core::{auth::UserLoggedOut, record::Created};
    use events_testing::EventMock;

    fn main() {
        let events = EventMock::install();
        let created = events.emitted::<Created<u32>>();
        events
            .assert_emitted::<UserLoggedOut<u32>>()
            .matching(|event| event.user == 7);
        events.assert_emitted_topic(".*").matching(|_| true);
        drop(created);
    }
}

mod expect_not_an_event {
    //! Only events can be expected.

    use events_core::Event;
    use events_testing::EventMock;

    #[derive(Event)]
    struct Saved;

    #[derive(Event)]
    struct Sent;

    struct Text;

    fn main() {
        let events = EventMock::install();
        events.expect::<Text>();
        let _ = (Text, Sent);
        Saved.emit();
    }
}

mod fake_not_an_event {
    //! Only events can be faked.

    use events_core::Event;
    use events_testing::EventMock;

    #[derive(Event)]
    struct Saved;

    #[derive(Event)]
    struct Sent;

    struct Text;

    fn main() {
        let events = EventMock::install();
        events.fake_only::<(Saved, Text)>();
        let _ = (Text, Saved, Sent);
    }
}

mod matching_a_borrowing_event {
    //! An event that borrows needs `matching_borrowed` in place of `matching`.

    use events_core::Event;
    use events_testing::EventMock;

    #[derive(Event)]
    struct Saved;

    #[derive(Event)]
    struct Sent;

    #[derive(Event)]
    struct Login<'a> {
        user: &'a str,
    }

    fn main() {
        let events = EventMock::install();
        events
            .expect::<Login<'_>>()
            .matching(|event| event.user == "ada");
        let name = String::from("ada");
        Login { user: &name }.emit();
        let _ = (Saved, Sent);
    }
}

mod mock_sent_to_a_thread {
    //! The guard of a mock stays on its thread; a handle can be sent to other threads.

    use events_core::Event;
    use events_testing::EventMock;

    #[derive(Event)]
    struct Saved;

    #[derive(Event)]
    struct Sent;

    fn main() {
        let guard = EventMock::install();
        let events = guard;
        std::thread::spawn(move || {
            events.fake_all();
            let _ = (Saved, Sent);
        })
        .join()
        .unwrap();
    }
}

mod order_of_one {
    //! An order needs at least two expectations.

    use events_core::Event;
    use events_testing::EventMock;

    #[derive(Event)]
    struct Saved;

    #[derive(Event)]
    struct Sent;

    fn main() {
        let events = EventMock::install();
        let saved = events.expect::<Saved>();
        let sent = events.expect::<Sent>();
        events.in_order((&saved,));
        let _ = sent;
        Saved.emit();
        Sent.emit();
    }
}

fn main() {}
