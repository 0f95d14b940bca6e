//! What fails around an observed write, by no fault of it: conflicts with other transactions, lost connections, pools that are closed,
//! registries that are dropped. No event of what is not committed, an error that names the cause, and a clean connection afterwards.

mod conflicts;
mod lost_connections;
mod pools;

use events_seaorm::{failed_check, veto_reason};
use sea_orm::{DbErr, IntoActiveModel, Set};

use crate::records::entities::user;

fn change(user: &user::Model, email: &str) -> user::ActiveModel {
    let mut change = user.clone().into_active_model();
    change.email = Set(email.to_owned());
    change
}

/// The error is one of the database with one of these texts, and no refusal.
fn check_error(error: &DbErr, texts: &[&str]) {
    let text = error.to_string();
    assert!(texts.iter().any(|part| text.contains(part)), "{text}");
    assert_eq!((veto_reason(error), failed_check(error)), (None, None));
}
