//! Record events without a database: a small store of users that emits an event before and after
//! each write, and an observer that handles them.
//!
//! ```text
//! cargo run --example observer
//! ```
//!
//! What to look for:
//!
//! - `Store` does not depend on the observer. It emits one event before each write and one after.
//! - `UserObserver` has a method for each event that it handles, with the name of the event.
//!   `creating` changes the record before it is written; `deleting` vetoes the write with a reason.
//! - `audit` subscribes to the events of all models by a pattern of topics. Secrets are redacted.

#![expect(clippy::print_stdout, reason = "an example shows what happened")]

use std::collections::BTreeMap;

use events_core::{
    AnyEvent, Event, observer,
    record::{Created, Creating, Deleted, Deleting, Diff, Updated, Updating},
    subscriber,
};

#[derive(Clone, Debug)]
struct User {
    name: String,
    email: String,
    password: String,
}

#[derive(Default)]
struct UserObserver;

#[observer(User)]
impl UserObserver {
    fn creating(&self, event: &mut Creating<User>) {
        event.record.email.make_ascii_lowercase();
    }

    fn created(&self, event: &Created<User>) {
        println!("  a mail to {}: welcome", event.record.email);
    }

    fn updated(&self, event: &Updated<User>) {
        println!("  changed: {}", event.diff);
        if let Some(email) = event.diff.get("email") {
            let old = email.old::<String>().map_or("?", String::as_str);
            println!("  a mail to {old}: your address has changed");
        }
    }

    fn deleting(&self, event: &mut Deleting<User>) {
        if event.record.name == "root" {
            event.veto("root stays");
        }
    }
}

#[subscriber(topic = "events::db::.*", priority = -10)]
fn audit(event: &dyn AnyEvent) {
    let what = event.topic().rsplit("::").next().unwrap_or_default();
    let name = event.arg::<User>("record").map_or("?", |user| &user.name);
    println!("  audit: {what} {name}");
}

/// Stands for a database.
#[derive(Default)]
struct Store(BTreeMap<String, User>);

impl Store {
    fn create(&mut self, user: User) -> Result<(), String> {
        let creating = Creating::new(user).emit();
        if let Some(reason) = creating.veto_reason() {
            return Err(reason.to_owned());
        }
        let user = creating.record;
        self.0.insert(user.name.clone(), user.clone());
        Created::new(user).emit();
        Ok(())
    }

    fn update(&mut self, name: &str, change: impl FnOnce(&mut User)) -> Result<(), String> {
        let old = self.0.get(name).cloned().ok_or("no such user")?;
        let mut new = old.clone();
        change(&mut new);
        let diff = Diff::new().field("email", &old.email, &new.email).secret(
            "password",
            &old.password,
            &new.password,
        );
        let updating = Updating::new(new, diff.clone()).emit();
        if let Some(reason) = updating.veto_reason() {
            return Err(reason.to_owned());
        }
        self.0.insert(name.to_owned(), updating.record.clone());
        Updated::new(updating.record, diff).emit();
        Ok(())
    }

    fn delete(&mut self, name: &str) -> Result<(), String> {
        let user = self.0.get(name).cloned().ok_or("no such user")?;
        if let Some(reason) = Deleting::new(user).emit().veto_reason() {
            return Err(reason.to_owned());
        }
        let user = self.0.remove(name).ok_or("no such user")?;
        Deleted::new(user).emit();
        Ok(())
    }
}

fn user(name: &str, email: &str) -> User {
    User {
        name: name.to_owned(),
        email: email.to_owned(),
        password: "secret".to_owned(),
    }
}

fn show(what: &str, result: Result<(), String>) {
    match result {
        Ok(()) => println!("{what}: done"),
        Err(reason) => println!("{what}: not done, {reason}"),
    }
}

fn main() {
    events_core::scan();

    let mut store = Store::default();
    show("create ada", store.create(user("ada", "Ada@Example.org")));
    show(
        "create root",
        store.create(user("root", "root@example.org")),
    );
    let change = store.update("ada", |user| {
        user.email = "ada@example.com".to_owned();
        user.password = "another".to_owned();
    });
    show("update ada", change);
    show("delete ada", store.delete("ada"));
    show("delete root", store.delete("root"));
}
