//! The error of a write that was vetoed.

use sea_orm::DbErr;

use crate::error::custom;

const VETOED: &str = "the write was vetoed: ";

/// An error if there is a reason.
pub(crate) fn check(reason: Option<&str>) -> Result<(), DbErr> {
    match reason {
        Some(reason) => Err(custom(format_args!("{VETOED}{reason}"))),
        None => Ok(()),
    }
}

/// Why subscribers refused a write, if the error is such a refusal: the reason of a veto, or the name of a subscriber that failed, without
/// the text of its error.
///
/// ```
/// use events_seaorm::veto_reason;
/// use sea_orm::DbErr;
///
/// fn answer(result: Result<(), DbErr>) -> (u16, String) {
///     match result {
///         Ok(()) => (200, String::new()),
///         Err(error) => match veto_reason(&error) {
///             Some(reason) => (422, reason.to_owned()),
///             None => (500, String::new()),
///         },
///     }
/// }
///
/// let vetoed = DbErr::Custom("the write was vetoed: this address is taken".to_owned());
/// assert_eq!(answer(Err(vetoed)), (422, "this address is taken".to_owned()));
/// assert_eq!(answer(Err(DbErr::RecordNotUpdated)).0, 500);
/// ```
#[must_use]
pub fn veto_reason(error: &DbErr) -> Option<&str> {
    match error {
        DbErr::Custom(text) => text.strip_prefix(VETOED),
        _ => None,
    }
}
