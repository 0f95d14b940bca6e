//! Events of the second factor of a login: the phone, and the codes that are sent to it.

use events_macros::Event;

use super::debug_redacted;

/// A user entered a phone number, and a code that proves it was generated.
#[derive(Event, Clone)]
#[event(crate = crate::builtin::derive_root, topic = "phone_setup_started")]
pub struct PhoneSetupStarted<U> {
    /// The user of the phone.
    pub user: U,
    /// The number to prove.
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
    /// The user of the phone.
    pub user: U,
}

/// The password was correct, and a code for the second step of the login was generated.
#[derive(Event, Clone)]
#[event(crate = crate::builtin::derive_root, topic = "mfa_login_started")]
pub struct MfaLoginStarted<U> {
    /// The user who logs in.
    pub user: U,
    /// The code that completes the login.
    #[event(into, secret)]
    pub code: String,
}

debug_redacted!(MfaLoginStarted: user; code);

/// The second step was enabled for a user's login.
#[derive(Event, Clone, Debug)]
#[event(crate = crate::builtin::derive_root, topic = "mfa_enabled")]
pub struct MfaEnabled<U> {
    /// The user of the login.
    pub user: U,
}

/// The second step was disabled for a user's login.
#[derive(Event, Clone, Debug)]
#[event(crate = crate::builtin::derive_root, topic = "mfa_disabled")]
pub struct MfaDisabled<U> {
    /// The user of the login.
    pub user: U,
}
