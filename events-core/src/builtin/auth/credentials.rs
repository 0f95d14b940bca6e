//! Events of a user's credentials: the password and the e-mail address.

use events_macros::Event;

use super::debug_redacted;

/// A link to set a new password was requested.
#[derive(Event, Clone)]
#[event(crate = crate::builtin::derive_root, topic = "password_reset_requested")]
pub struct PasswordResetRequested<U> {
    /// The user whose password may be set.
    pub user: U,
    /// The link; it permits its holder to set the password.
    #[event(into, secret)]
    pub url: String,
}

debug_redacted!(PasswordResetRequested: user; url);

/// A new password was set through such a link.
#[derive(Event, Clone, Debug)]
#[event(crate = crate::builtin::derive_root, topic = "password_reset_completed")]
pub struct PasswordResetCompleted<U> {
    /// The user with the new password.
    pub user: U,
}

/// A user who is logged in changed the password.
#[derive(Event, Clone, Debug)]
#[event(crate = crate::builtin::derive_root, topic = "password_changed")]
pub struct PasswordChanged<U> {
    /// The user with the new password.
    pub user: U,
}

/// A user requested a change of the e-mail address; the new one must be proven first.
#[derive(Event, Clone)]
#[event(crate = crate::builtin::derive_root, topic = "email_change_requested")]
pub struct EmailChangeRequested<U> {
    /// The user, with the previous address.
    pub user: U,
    /// The address to prove.
    #[event(into)]
    pub new_email: String,
    /// The link that proves it.
    #[event(into, secret)]
    pub url: String,
}

debug_redacted!(EmailChangeRequested: user, new_email; url);

/// A user's e-mail address was changed, after the new one was proven.
#[derive(Event, Clone, Debug)]
#[event(crate = crate::builtin::derive_root, topic = "email_changed")]
pub struct EmailChanged<U> {
    /// The user, with the new address.
    pub user: U,
    /// The previous address.
    #[event(into)]
    pub previous_email: String,
}
