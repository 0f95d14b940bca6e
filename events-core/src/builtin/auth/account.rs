//! Events of the account itself: registered, verified, logged in and out, deleted.

use events_macros::Event;

use super::debug_redacted;

/// An account was created, by a sign-up or by the first sign-in through a provider.
///
/// ```
/// use events_core::{Registry, auth::UserRegistered, subscriber, subscribers};
///
/// struct User {
///     email: &'static str,
///     is_staff: bool,
/// }
///
/// /// A sync subscriber may change the user before the sign-up continues.
/// #[subscriber]
/// fn mark_staff(event: &mut UserRegistered<User>) {
///     event.user.is_staff = event.user.email.ends_with("@example.org");
/// }
///
/// let registry = Registry::with(subscribers![mark_staff]);
/// let user = User { email: "ada@example.org", is_staff: false };
/// let event = registry.emit(UserRegistered { user });
/// assert!(event.user.is_staff);
/// ```
#[derive(Event, Clone, Debug)]
#[event(crate = crate::builtin::derive_root, topic = "user_registered")]
pub struct UserRegistered<U> {
    /// The new user.
    pub user: U,
}

/// A user logged in with a password and, if it is enabled, the second factor.
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use events_core::{Registry, auth::{UserLoggedIn, UserLoggedOut}, listener};
///
/// #[derive(Clone, Copy)]
/// struct User(u32);
///
/// /// The users who are logged in.
/// struct Online(Arc<Mutex<Vec<u32>>>);
///
/// #[listener]
/// impl Online {
///     #[on]
///     fn add(&self, event: &UserLoggedIn<User>) {
///         self.0.lock().unwrap().push(event.user.0);
///     }
///
///     #[on]
///     fn remove(&self, event: &UserLoggedOut<User>) {
///         self.0.lock().unwrap().retain(|user| *user != event.user.0);
///     }
/// }
///
/// let online = Arc::default();
/// let registry = Registry::new();
/// registry.add(Online(Arc::clone(&online))).detach();
///
/// registry.emit(UserLoggedIn { user: User(7) });
/// registry.emit(UserLoggedIn { user: User(8) });
/// registry.emit(UserLoggedOut { user: User(7) });
/// assert_eq!(*online.lock().unwrap(), [8]);
/// ```
#[derive(Event, Clone, Debug)]
#[event(crate = crate::builtin::derive_root, topic = "user_logged_in")]
pub struct UserLoggedIn<U> {
    /// The user who logged in.
    pub user: U,
}

/// A user logged out, which ended the session.
///
/// ```
/// use std::{collections::HashMap, sync::Mutex};
/// use events_core::{Registry, State, auth::UserLoggedOut, subscriber, subscribers};
///
/// struct User {
///     id: u32,
/// }
///
/// /// The unsent text of each user.
/// #[derive(Default)]
/// struct Drafts(Mutex<HashMap<u32, String>>);
///
/// #[subscriber]
/// fn drop_draft(event: &UserLoggedOut<User>, drafts: State<'_, Drafts>) -> Result<(), String> {
///     let mut drafts = drafts.0.lock().unwrap();
///     drafts.remove(&event.user.id).map(drop).ok_or(format!("no draft of {}", event.user.id))
/// }
///
/// let registry = Registry::new();
/// let drafts = Drafts(Mutex::new([(7, "Dear Bob".to_owned())].into()));
/// registry.scanner().state(drafts).subscribers(subscribers![drop_draft]).run();
///
/// assert!(registry.try_emit(UserLoggedOut { user: User { id: 7 } }).is_ok());
/// let error = registry.try_emit(UserLoggedOut { user: User { id: 7 } }).unwrap_err();
/// assert!(error.to_string().ends_with("returned an error: no draft of 7"));
/// ```
#[derive(Event, Clone, Debug)]
#[event(crate = crate::builtin::derive_root, topic = "user_logged_out")]
pub struct UserLoggedOut<U> {
    /// The user who logged out.
    pub user: U,
}

/// A user opened the link that proves an e-mail address.
///
/// ```
/// use events_core::{Registry, auth::UserVerified};
///
/// struct User {
///     email: &'static str,
///     may_post: bool,
/// }
///
/// let registry = Registry::new();
/// registry.on(|event: &mut UserVerified<User>| event.user.may_post = true).detach();
///
/// let user = User { email: "ada@example.org", may_post: false };
/// let event = registry.emit(UserVerified { user });
/// assert!(event.user.may_post, "{} is verified", event.user.email);
/// ```
#[derive(Event, Clone, Debug)]
#[event(crate = crate::builtin::derive_root, topic = "user_verified")]
pub struct UserVerified<U> {
    /// The user with the proven address.
    pub user: U,
}

/// A link that proves an e-mail address was created: at the sign-up, or because a new one was requested.
///
/// ```
/// use events_core::{Registry, auth::VerificationRequested, subscriber, subscribers};
///
/// #[derive(Debug)]
/// struct User;
///
/// #[subscriber]
/// fn send_link(event: &VerificationRequested<User>) -> Result<(), String> {
///     if !event.email.contains('@') {
///         return Err(format!("{} is not an address", event.email));
///     }
///     println!("a mail to {}: open {}", event.email, event.url);
///     Ok(())
/// }
///
/// let registry = Registry::with(subscribers![send_link]);
/// let link = VerificationRequested::<User>::builder().url("https://example.org/verify?token=63f1");
/// let error = registry.try_emit(link.email("ada").build()).unwrap_err();
/// assert!(error.to_string().ends_with("ada is not an address"));
/// let event = error.into_event();
/// assert!(event.user.is_none());
/// assert!(!format!("{event:?}").contains("63f1")); // `Debug` hides the link.
/// ```
#[derive(Event, Clone)]
#[event(crate = crate::builtin::derive_root, topic = "verification_requested")]
pub struct VerificationRequested<U> {
    /// The user, if it exists before the address is proven. In regstack (see [`auth`](crate::auth)) it does not.
    pub user: Option<U>,
    /// The address to prove.
    #[event(into)]
    pub email: String,
    /// The link that proves it.
    #[event(into, secret)]
    pub url: String,
}

debug_redacted!(VerificationRequested: user, email; url);

/// An account was deleted, by its user or by an admin.
///
/// ```
/// use events_core::{Registry, auth::UserDeleted, subscriber, subscribers};
///
/// #[derive(Clone)]
/// struct User {
///     id: u32,
/// }
///
/// /// Runs from the queue, with a clone of the event, so that the request need not wait for it.
/// #[subscriber(deferred)]
/// fn delete_uploads(event: &UserDeleted<User>) -> std::io::Result<()> {
///     let folder = std::env::temp_dir().join(format!("uploads-of-{}", event.user.id));
///     if folder.exists() { std::fs::remove_dir_all(folder) } else { Ok(()) }
/// }
///
/// let registry = Registry::with(subscribers![delete_uploads]);
/// registry.emit(UserDeleted { user: User { id: 7 } });
/// let flushed = registry.queue().flush();
/// assert_eq!((flushed.ran(), flushed.failures()), (1, 0));
/// ```
#[derive(Event, Clone, Debug)]
#[event(crate = crate::builtin::derive_root, topic = "user_deleted")]
pub struct UserDeleted<U> {
    /// The user as it was before the deletion.
    pub user: U,
}
