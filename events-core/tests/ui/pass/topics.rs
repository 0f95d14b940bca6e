//! The fixes of `fail/topics.rs`.

use events_core::{AnyEvent, Event, observer, record::Created, subscriber};

#[derive(Event, Clone)]
struct Login;

#[derive(Event, Clone)]
struct Logout;

#[subscriber(topic = "users::(login)")]
fn a_pattern(_: &dyn AnyEvent) {}

#[subscriber]
fn of_one_type(_: &Login) {}

#[subscriber(Login, Logout)]
fn of_two_types(_: &dyn AnyEvent) {}

#[subscriber(self::Login, Logout)]
fn of_a_path(_: &dyn AnyEvent) {}

#[subscriber(topic = ".*")]
fn of_all(_: &dyn AnyEvent) {}

#[subscriber(topic = "users::.*")]
fn reads(_: &dyn AnyEvent) {}

#[subscriber(exact_topic = "users.login")]
fn of_one(_: &dyn AnyEvent) {}

#[subscriber]
async fn waits(_: &Login) {}

#[subscriber(deferred)]
fn deferred(_: &Login) {}

#[derive(Default)]
struct Users;

#[observer(Login)]
impl Users {
    fn created(&self, _: &Created<Login>) {}
}

fn main() {}
