//! Observers.

mod observer_events {
    //! Observers whose methods take another event than that of their name and model.

    use events_core::{Event, observer, record::{Created, Creating, Deleted, Deleting, Updated}};

    #[derive(Clone)]
    struct User;

    struct Setting;

    #[derive(Event)]
    struct Login {
        user: User,
    }

    struct Names;

    #[observer(User)]
    impl Names {
        fn creating(&self, _: &mut Creating<User>) {}

        fn updated(&self, _: &Updated<User>) {}

        #[on(deferred)]
        fn created(&self, _: &Created<User>) {}

        fn deleting(&self, event: &Deleting<User>) {
            let _ = Login {
                user: event.record.clone(),
            }
            .user;
        }

        async fn deleted(&self, _: &Deleted<User>) {}
    }

    fn main() {
        let _ = (Names, Setting, Deleted { record: 1 }.record);
    }
}

mod observer_methods {
    //! Observers with an unknown method, no method, no model, two models, and `&mut self`.

    use events_core::{observer, record::{Created, Creating}};

    struct User;

    struct Typo;

    #[observer(User)]
    impl Typo {
        fn creating(&self, _: &mut Creating<User>) {}

        fn created(&self, _: &Created<User>) {}
    }

    impl Typo {
        fn greet(&self) {}
    }

    struct Empty;

    #[observer(User)]
    impl Empty {
        fn created(&self, _: &Created<User>) {}
    }

    struct Unsaid;

    #[observer(User)]
    impl Unsaid {
        fn created(&self, _: &Created<User>) {}
    }

    struct Both;

    #[observer(User)]
    impl Both {
        fn created(&self, _: &Created<User>) {}
    }

    struct Changed;

    #[observer(User)]
    impl Changed {
        fn created(&self, _: &Created<User>) {}
    }

    fn main() {
        Typo.greet();
        let _ = (User, Empty, Unsaid, Both, Changed);
    }
}

fn main() {}
