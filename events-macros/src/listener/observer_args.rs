//! The arguments of `#[observer(..)]`, and the event that the name of each method determines.

use proc_macro2::Ident;
use syn::{
    Error, Result, Token, Type,
    ext::IdentExt,
    parse::{Parse, ParseStream},
};

use crate::{subscriber::method::Observed, syntax::options::Options};

/// The name of each method, and its event in `events_core::record`.
const METHODS: [(&str, &str); 6] = [
    ("creating", "Creating"),
    ("created", "Created"),
    ("updating", "Updating"),
    ("updated", "Updated"),
    ("deleting", "Deleting"),
    ("deleted", "Deleted"),
];

/// The names of the methods, as text for an error.
pub(super) fn method_names() -> String {
    METHODS.map(|(name, _)| format!("`{name}`")).join(", ")
}

/// The event of the method with this name.
pub(super) fn observed_event(name: &Ident, model: &Type) -> Result<Observed> {
    let known = METHODS.iter().find(|(known, _)| name.unraw() == known);
    let Some(&(_, event)) = known else {
        let text = format!(
            "an observer has no method `{name}`; its methods are {}; move others into another \
             impl block",
            method_names()
        );
        return Err(Error::new(name.span(), text));
    };
    let model = model.clone();
    Ok(Observed { event, model })
}

/// The arguments of `#[observer(..)]`: the model, then options.
pub(super) struct ObserverArgs {
    pub(super) model: Type,
    pub(super) options: Options,
}

impl Parse for ObserverArgs {
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
