//! The error of a write that subscribers refused: by a veto, or because a check of it failed.

use std::fmt;

use events_core::failures;
use sea_orm::DbErr;

use crate::error::custom;

const VETOED: &str = "the write was vetoed: ";
const REFUSED: &str = "the write was refused: ";

/// An error if the event before the write was vetoed: with the reason of the first veto, or else with the first failure. `vetoes` has
/// those of the failures as well, at its end.
pub(super) fn check(vetoes: &[String], failed: &[failures::FailedCheck]) -> Result<(), DbErr> {
    let explicit = vetoes.len() - failed.len();
    match (vetoes[..explicit].first(), failed.first()) {
        (Some(reason), _) => Err(custom(format_args!("{VETOED}{reason}"))),
        (None, Some(failed)) => Err(refused(failed)),
        (None, None) => Ok(()),
    }
}

const SUBSCRIBER: &str = "the subscriber `";
const MIDDLEWARE: &str = "the middleware `";

fn refused(failed: &failures::FailedCheck) -> DbErr {
    let cause = failed.cause();
    let Some(name) = failed.name() else {
        return custom(format_args!("{REFUSED}{cause}"));
    };
    let kind = match failed.to_string().starts_with(MIDDLEWARE) {
        true => MIDDLEWARE,
        false => SUBSCRIBER,
    };
    // The name ends at the first one.
    let name = name.replace('`', "'");
    custom(format_args!("{REFUSED}{kind}{name}` {cause}"))
}

/// Why a subscriber vetoed a write, if the error is a veto. A text for users, if the subscribers give such: it is what they pass to `veto`.
///
/// A check that could not be made refuses a write as well: see [`failed_check`].
///
/// ```
/// use events_seaorm::{failed_check, veto_reason};
/// use sea_orm::DbErr;
///
/// fn answer(error: &DbErr) -> (u16, String) {
///     if let Some(reason) = veto_reason(error) {
///         return (422, reason.to_owned());
///     }
///     if failed_check(error).is_some() {
///         return (503, "try again later".to_owned());
///     }
///     (500, String::new())
/// }
///
/// let vetoed = DbErr::Custom("the write was vetoed: this address is taken".to_owned());
/// assert_eq!(answer(&vetoed), (422, "this address is taken".to_owned()));
/// let failed = DbErr::Custom("the write was refused: the subscriber `shop::email_is_free` panicked".to_owned());
/// assert_eq!(answer(&failed).0, 503);
/// assert_eq!(answer(&DbErr::RecordNotUpdated).0, 500);
/// ```
#[must_use]
pub fn veto_reason(error: &DbErr) -> Option<&str> {
    match error {
        DbErr::Custom(text) => text.strip_prefix(VETOED),
        _ => None,
    }
}

/// The subscriber that refused a write because it failed: it returned an error, panicked, timed out, or was not called. `None` if a
/// subscriber vetoed the write.
///
/// ```
/// use events_core::{Registry, record::Creating, subscriber, subscribers};
/// use events_seaorm::{Db, failed_check, veto_reason};
/// use sea_orm::{ActiveModelTrait, ConnectionTrait, Database, DbErr, Schema, Set};
/// # mod user {
/// #     use events_seaorm::Observed;
/// #     use sea_orm::entity::prelude::*;
/// #     #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Observed)]
/// #     #[sea_orm(table_name = "user")]
/// #     pub struct Model {
/// #         #[sea_orm(primary_key)]
/// #         pub id: i32,
/// #         pub email: String,
/// #     }
/// #     #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
/// #     pub enum Relation {}
/// # }
///
/// #[subscriber]
/// async fn is_spam(_: &mut Creating<user::Model>) -> Result<(), std::io::Error> {
///     Err(std::io::ErrorKind::ConnectionRefused.into())
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), DbErr> {
/// let registry = Registry::with(subscribers![is_spam]);
/// let db = Db::new(Database::connect("sqlite::memory:").await?).with_registry(&registry);
/// # db.execute(&Schema::new(db.get_database_backend()).create_table_from_entity(user::Entity)).await?;
/// let ada = user::ActiveModel { email: Set("ada@x.org".into()), ..Default::default() };
/// let error = ada.insert(&db).await.unwrap_err();
/// let failed = failed_check(&error).expect("the check has failed");
/// assert!(failed.name().is_some_and(|name| name.ends_with("::is_spam")));
/// assert_eq!(failed.cause(), "returned an error");
/// assert_eq!(veto_reason(&error), None);
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn failed_check(error: &DbErr) -> Option<FailedCheck<'_>> {
    let DbErr::Custom(text) = error else {
        return None;
    };
    let text = text.strip_prefix(REFUSED)?;
    let named = text
        .strip_prefix(SUBSCRIBER)
        .or_else(|| text.strip_prefix(MIDDLEWARE));
    let named = named.and_then(|named| named.split_once("` "));
    let (name, cause) = match named {
        Some((name, cause)) => (Some(name), cause),
        None => (None, text),
    };
    Some(FailedCheck { text, name, cause })
}

/// What [`failed_check`] returns: a subscriber that refused a write because it failed. Its text is not that of the error or the panic,
/// which may be secret, and is in the log.
///
/// ```
/// use events_seaorm::FailedCheck;
///
/// fn alert(failed: &FailedCheck<'_>) -> String {
///     format!("{}: {}", failed.name().unwrap_or("emit"), failed.cause())
/// }
/// # let error = sea_orm::DbErr::Custom("the write was refused: the subscriber `spam` panicked".to_owned());
/// # assert_eq!(alert(&events_seaorm::failed_check(&error).expect("it has failed")), "spam: panicked");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailedCheck<'e> {
    text: &'e str,
    name: Option<&'e str>,
    cause: &'e str,
}

impl<'e> FailedCheck<'e> {
    /// The name of the subscriber; `None` if the emit itself was refused, since too many emits are nested.
    #[must_use]
    pub fn name(&self) -> Option<&'e str> {
        self.name
    }

    /// How it failed: `returned an error`, `panicked`, or another text that begins with a verb. If the emit was refused, why.
    #[must_use]
    pub fn cause(&self) -> &'e str {
        self.cause
    }
}

impl fmt::Display for FailedCheck<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}
