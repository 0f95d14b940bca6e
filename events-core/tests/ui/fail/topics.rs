//! Subscribers to a pattern or to several events take `&dyn AnyEvent`, and name what they receive.

use events_core::{AnyEvent, Event, observer, record::Created, subscriber};

#[derive(Event, Clone)]
struct Login;

#[derive(Event, Clone)]
struct Logout;

#[subscriber(topic = "users::(login")]
fn no_pattern(_: &dyn AnyEvent) {}

#[subscriber(topic = "users::.*")]
fn of_one_type(_: &Login) {}

#[subscriber(Login, Logout)]
fn of_two_types(_: &Login) {}

#[subscriber]
fn of_what(_: &dyn AnyEvent) {}

#[subscriber(Login, topic = "users::.*")]
fn of_both(_: &dyn AnyEvent) {}

#[subscriber(topic = "users::.*")]
fn changes(_: &mut dyn AnyEvent) {}

#[subscriber(topic = "users::.*")]
async fn waits(_: &dyn AnyEvent) {}

#[subscriber(Login, deferred)]
fn deferred(_: &dyn AnyEvent) {}

#[subscriber(topic = users)]
fn no_text(_: &dyn AnyEvent) {}

#[subscriber(Login, Login)]
fn of_one_twice(_: &dyn AnyEvent) {}

#[subscriber(self::Login, Logout, self::Login)]
fn of_a_path_twice(_: &dyn AnyEvent) {}

#[subscriber(topic = "users.login", exact_topic = "users.login")]
fn of_two(_: &dyn AnyEvent) {}

#[subscriber(exact_topic = users)]
fn no_topic(_: &dyn AnyEvent) {}

#[subscriber(Login, String)]
fn no_event(_: &dyn AnyEvent) {}

#[derive(Default)]
struct Users;

#[observer(Login)]
impl Users {
    #[on(topic = ".*")]
    fn created(&self, _: &Created<Login>) {}
}

fn main() {}
