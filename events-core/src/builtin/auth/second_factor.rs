//! The second factor of a login: the phone, and the codes that are sent to it.

use events_macros::Event;

use super::debug_redacted;

/// A user gave a phone number, and a code was made that proves it.
#[derive(Event, Clone)]
#[event(crate = crate::builtin::derive_root, topic = "phone_setup_started")]
pub struct PhoneSetupStarted<U> {
    /// Whose phone it is to be.
    pub user: U,
    /// The number that is to be proven.
    #[event(into)]
    pub phone: String,
    /// The code that proves it.
    #[event(into, secret)]
    pub code: String,
}

debug_redacted!(PhoneSetupStarted: user, phone; code);

/// A user's phone number was removed.
#[derive(Event, Clone, Debug)]
#[event(crate = crate::builtin::derive_root, topic = "phone_setup_disabled")]
pub struct PhoneSetupDisabled<U> {
    /// Whose phone it was.
    pub user: U,
}

/// The password was right, and a code was made for the second step of the login.
#[derive(Event, Clone)]
#[event(crate = crate::builtin::derive_root, topic = "mfa_login_started")]
pub struct MfaLoginStarted<U> {
    /// Who logs in.
    pub user: U,
    /// The code that completes the login.
    #[event(into, secret)]
    pub code: String,
}

debug_redacted!(MfaLoginStarted: user; code);

/// From now on a user's login has a second step.
#[derive(Event, Clone, Debug)]
#[event(crate = crate::builtin::derive_root, topic = "mfa_enabled")]
pub struct MfaEnabled<U> {
    /// Whose login it is.
    pub user: U,
}

/// A user's login has no second step any more.
#[derive(Event, Clone, Debug)]
#[event(crate = crate::builtin::derive_root, topic = "mfa_disabled")]
pub struct MfaDisabled<U> {
    /// Whose login it is.
    pub user: U,
}
