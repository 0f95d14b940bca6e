//! What happens to an account: the events of a sign-up and login system.
//!
//! There is one for each name in the list of known events of regstack, its topic is that name, and
//! its fields are what regstack passes. `U` is the type of a user, whatever it is in the program; the
//! events are `Clone` when it is, so that async subscribers can have a copy.
//!
//! None of them is listed in [`events()`](crate::events()), where the events of the program stand, so a
//! program that does not use them may have an event of its own with such a topic.
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
//! // A link or a code that lets its bearer in is shown by nothing.
//! let shown = r#"PasswordResetRequested { user: User { email: "ada@example.org" }, url: [redacted] }"#;
//! assert_eq!(format!("{event:?}"), shown);
//! ```

#![expect(
    clippy::result_large_err,
    reason = "an error gives the event back, and some of these are large"
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

/// The topics of the events in this module, in the order of regstack's list.
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

/// `Debug` for an event with a secret, in whose place `[redacted]` stands.
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
