//! Observers with an unknown method, no method, no model, two models, and `&mut self`.

use events_core::{observer, record::{Created, Creating}};

struct User;

struct Typo;

#[observer(User)]
impl Typo {
    fn creating(&self, _: &mut Creating<User>) {}

    fn cretaed(&self, _: &Created<User>) {}

    fn greet(&self) {}
}

struct Empty;

#[observer(User)]
impl Empty {}

struct Unsaid;

#[observer]
impl Unsaid {
    fn created(&self, _: &Created<User>) {}
}

struct Both;

#[observer(User, u8)]
impl Both {
    fn created(&self, _: &Created<User>) {}
}

struct Changed;

#[observer(User)]
impl Changed {
    fn created(&mut self, _: &Created<User>) {}
}

fn main() {
    Typo.greet();
    let _ = (User, Empty, Unsaid, Both, Changed);
}
