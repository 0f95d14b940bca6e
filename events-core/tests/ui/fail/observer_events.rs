//! Observers whose methods take another event than that of their name and model.

use events_core::{Event, observer, record::{Created, Creating, Deleted, Updated}};

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
    fn creating(&self, _: &mut Created<User>) {}

    fn updated(&self, _: &Updated<Setting>) {}

    #[on(deferred)]
    fn created(&self, _: &Creating<User>) {}

    fn deleting(&self, event: &Login) {
        let _ = &event.user;
    }

    async fn deleted(&self, _: &Updated<User>) {}
}

fn main() {
    let _ = (Names, Setting, Deleted { record: 1 }.record);
}
