//! How a user is known: the password and the e-mail address.

use events_macros::Event;

use super::debug_redacted;

/// Somebody asked for a link to set a new password.
#[derive(Event, Clone)]
#[event(crate = crate::builtin::derive_root, topic = "password_reset_requested")]
pub struct PasswordResetRequested<U> {
    /// Whose password it is.
    pub user: U,
    /// The link; who has it can set the password.
    #[event(into, secret)]
    pub url: String,
}

debug_redacted!(PasswordResetRequested: user; url);

/// A new password was set through such a link.
#[derive(Event, Clone, Debug)]
#[event(crate = crate::builtin::derive_root, topic = "password_reset_completed")]
pub struct PasswordResetCompleted<U> {
    /// Whose password it is.
    pub user: U,
}

/// A user who is logged in changed the password.
#[derive(Event, Clone, Debug)]
#[event(crate = crate::builtin::derive_root, topic = "password_changed")]
pub struct PasswordChanged<U> {
    /// Whose password it is.
    pub user: U,
}

/// A user asked for another e-mail address, which is to be proven first.
#[derive(Event, Clone)]
#[event(crate = crate::builtin::derive_root, topic = "email_change_requested")]
pub struct EmailChangeRequested<U> {
    /// Who asked, with the address of before.
    pub user: U,
    /// The address that is to be proven.
    #[event(into)]
    pub new_email: String,
    /// The link that proves it.
    #[event(into, secret)]
    pub url: String,
}

debug_redacted!(EmailChangeRequested: user, new_email; url);

/// The new e-mail address was proven, and is the user's.
#[derive(Event, Clone, Debug)]
#[event(crate = crate::builtin::derive_root, topic = "email_changed")]
pub struct EmailChanged<U> {
    /// The user, with the new address.
    pub user: U,
    /// The address of before.
    #[event(into)]
    pub previous_email: String,
}
