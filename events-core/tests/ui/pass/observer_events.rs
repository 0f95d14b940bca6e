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
