//! What an observer's methods are called, and the event that each name stands for.

use proc_macro2::Ident;
use syn::{
    Error, Result, Token, Type,
    ext::IdentExt,
    parse::{Parse, ParseStream},
};

use crate::options::Options;

/// The records of a model that a method is called with.
#[derive(Clone)]
pub(crate) struct Observed {
    /// The event in `events_core::record`.
    pub(super) event: &'static str,
    pub(super) model: Type,
}

/// The methods, and the events that they are called with.
const NAMES: [(&str, &str); 6] = [
    ("creating", "Creating"),
    ("created", "Created"),
    ("updating", "Updating"),
    ("updated", "Updated"),
    ("deleting", "Deleting"),
    ("deleted", "Deleted"),
];

/// The names, for an error.
pub(super) fn names() -> String {
    NAMES.map(|(name, _)| format!("`{name}`")).join(", ")
}

impl Observed {
    /// By the name of the method.
    pub(super) fn of(name: &Ident, model: &Type) -> Result<Self> {
        let known = NAMES.iter().find(|(known, _)| name.unraw() == known);
        let Some(&(_, event)) = known else {
            let text = format!(
                "an observer has no method `{name}`; its methods are {}; move others into another \
                 impl block",
                names()
            );
            return Err(Error::new(name.span(), text));
        };
        let model = model.clone();
        Ok(Self { event, model })
    }
}

/// What stands in `#[observer(..)]`: the model, and perhaps options.
pub(super) struct Heading {
    pub(super) model: Type,
    pub(super) options: Options,
}

impl Parse for Heading {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let no_model = || {
            let text = "an observer observes one model: write `#[observer(User)]`";
            Error::new(input.span(), text)
        };
        if input.is_empty() || input.peek2(Token![=]) {
            return Err(no_model());
        }
        let model = input.parse().map_err(|_| no_model())?;
        let options = if input.is_empty() {
            Options(Vec::new())
        } else {
            let _: Token![,] = input.parse().map_err(|error| {
                let text =
                    "an observer observes one model; write another observer for another model";
                Error::new(error.span(), text)
            })?;
            input.parse()?
        };
        Ok(Self { model, options })
    }
}
