//! Events of user accounts, for a sign-up and login system.
//!
//! The events are those of regstack, a Python library for user accounts. There is one event for each name in
//! its list of known events: the topic is that name, and the fields are the values that regstack passes. `U`
//! is the program's type of a user; the events are `Clone` if it is, which background handlers require.
//!
//! This crate emits none of them: the code that signs up and logs in users does, after the change or the step that
//! the event announces.
//!
//! Guide: [the events of user accounts](crate::guide::listeners#the-events-of-user-accounts).
//!
//! [`events()`](crate::events()), the list of the program's events, does not contain them, so a program
//! that does not use them may have an event of its own with such a topic.
//!
//! | | |
//! |---|---|
//! | the account | [`UserRegistered`], [`VerificationRequested`], [`UserVerified`], [`UserLoggedIn`], [`UserLoggedOut`], [`UserDeleted`] |
//! | password and e-mail address | [`PasswordResetRequested`], [`PasswordResetCompleted`], [`PasswordChanged`], [`EmailChangeRequested`], [`EmailChanged`] |
//! | the second factor | [`PhoneSetupStarted`], [`PhoneSetupDisabled`], [`MfaLoginStarted`], [`MfaEnabled`], [`MfaDisabled`] |
//! | sign-in through a provider | [`OauthSigninStarted`], [`OauthSigninCompleted`], [`OauthAccountLinked`], [`OauthAccountUnlinked`] |
//!
//! ```
//! use events_core::{
//!     Registry, auth::{PasswordResetRequested, UserRegistered}, subscriber, subscribers,
//! };
//!
//! #[derive(Clone, Debug)]
//! struct User {
//!     email: &'static str,
//! }
//!
//! #[subscriber]
//! async fn welcome(event: &UserRegistered<User>) {
//!     println!("a welcome mail to {}", event.user.email);
//! }
//!
//! #[subscriber]
//! fn send_link(event: &PasswordResetRequested<User>) {
//!     println!("a mail to {} with the link {}", event.user.email, event.url);
//! }
//!
//! let registry = Registry::with(subscribers![welcome, send_link]);
//! let ada = User { email: "ada@example.org" };
//! registry.emit(UserRegistered { user: ada.clone() });
//! registry.queue().flush();
//!
//! let url = "https://example.org/reset-password?token=63f1";
//! let event = registry.emit(PasswordResetRequested::builder().user(ada).url(url).build());
//!
//! // `Debug` hides links and codes that grant access.
//! let shown = r#"PasswordResetRequested { user: User { email: "ada@example.org" }, url: [redacted] }"#;
//! assert_eq!(format!("{event:?}"), shown);
//! ```

#![expect(
    clippy::result_large_err,
    reason = "an error contains the event, and some of these are large"
)]

mod account;
mod credentials;
mod oauth;
mod second_factor;

pub use account::{
    UserDeleted, UserDeletedBuilder, UserLoggedIn, UserLoggedInBuilder, UserLoggedOut,
    UserLoggedOutBuilder, UserRegistered, UserRegisteredBuilder, UserVerified, UserVerifiedBuilder,
    VerificationRequested, VerificationRequestedBuilder,
};
pub use credentials::{
    EmailChangeRequested, EmailChangeRequestedBuilder, EmailChanged, EmailChangedBuilder,
    PasswordChanged, PasswordChangedBuilder, PasswordResetCompleted, PasswordResetCompletedBuilder,
    PasswordResetRequested, PasswordResetRequestedBuilder,
};
pub use oauth::{
    OauthAccountLinked, OauthAccountLinkedBuilder, OauthAccountUnlinked,
    OauthAccountUnlinkedBuilder, OauthSigninCompleted, OauthSigninCompletedBuilder,
    OauthSigninStarted, OauthSigninStartedBuilder,
};
pub use second_factor::{
    MfaDisabled, MfaDisabledBuilder, MfaEnabled, MfaEnabledBuilder, MfaLoginStarted,
    MfaLoginStartedBuilder, PhoneSetupDisabled, PhoneSetupDisabledBuilder, PhoneSetupStarted,
    PhoneSetupStartedBuilder,
};

/// The topics of the events in this module, in the order of the list of known events of regstack.
///
/// ```
/// use events_core::{Event, auth::{KNOWN_EVENTS, UserRegistered}};
///
/// assert_eq!(KNOWN_EVENTS[0], UserRegistered::<()>::topic());
/// ```
pub const KNOWN_EVENTS: [&str; 20] = [
    "user_registered",
    "user_logged_in",
    "user_logged_out",
    "user_verified",
    "verification_requested",
    "password_reset_requested",
    "password_reset_completed",
    "password_changed",
    "email_change_requested",
    "email_changed",
    "phone_setup_started",
    "phone_setup_disabled",
    "mfa_login_started",
    "mfa_enabled",
    "mfa_disabled",
    "user_deleted",
    "oauth_signin_started",
    "oauth_signin_completed",
    "oauth_account_linked",
    "oauth_account_unlinked",
];

/// Implements `Debug` for an event with secret fields, which are shown as `[redacted]`.
macro_rules! debug_redacted {
    ($event:ident: $($shown:ident),*; $($secret:ident),*) => {
        impl<U: std::fmt::Debug> std::fmt::Debug for $event<U> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($event))
                    $(.field(stringify!($shown), &self.$shown))*
                    $(.field(stringify!($secret), &format_args!("[redacted]")))*
                    .finish()
            }
        }
    };
}
use debug_redacted;
