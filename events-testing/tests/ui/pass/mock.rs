//! A mock and its expectations.

mod emitted_of_a_record_event {
    //! Such events are checked when they are emitted.

    use events_core::{auth::UserLoggedOut, record::Created, Event};
    use events_testing::EventMock;

    fn main() {
        let events = EventMock::install();
        events.expect::<Created<u32>>().matching(|event| event.record == 7);
        events.expect::<UserLoggedOut<u32>>().matching(|event| event.user == 7);
        events.expect_topic(".*").matching(|_| true);
        Created::new(7_u32).emit();
        UserLoggedOut { user: 7_u32 }.emit();
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
        events.expect::<Saved>();
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
        events.fake_only::<(Saved, Sent)>();
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
        events.expect::<Login<'_>>().matching_borrowed(|event| event.user == "ada");
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
        let events = guard.clone();
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
        events.in_order((&saved, &sent));
        let _ = sent;
        Saved.emit();
        Sent.emit();
    }
}

fn main() {}
