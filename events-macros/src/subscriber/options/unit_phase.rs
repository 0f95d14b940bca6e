//! The options that decide when a subscriber runs in a unit of work.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Error, Path, Result};

/// When the subscriber runs in a unit of work: the name of the option.
pub(in crate::subscriber) struct UnitPhase(Ident);

impl UnitPhase {
    /// Sets the option, once.
    pub(super) fn set(phase: &mut Option<Self>, name: &Ident) -> Result<()> {
        let text = match phase {
            None => {
                *phase = Some(Self(name.clone()));
                return Ok(());
            }
            Some(Self(other)) if other == name => {
                format!("`{name}` is given twice; remove one of them")
            }
            Some(Self(other)) => {
                format!("`{other}` and `{name}` cannot be combined; remove one of them")
            }
        };
        Err(Error::new(name.span(), text))
    }

    pub(in crate::subscriber) fn name(&self) -> &Ident {
        &self.0
    }

    /// Whether the event is kept until the unit has ended.
    pub(in crate::subscriber) fn holds(&self) -> bool {
        self.0 != "at_once"
    }

    /// The value of the option.
    pub(super) fn tokens(&self, core: &Path) -> TokenStream {
        let phase = match self.0.to_string().as_str() {
            "at_once" => quote!(AtOnce),
            "after_commit" => quote!(AfterCommit),
            _ => quote!(AfterRollback),
        };
        quote!(#core::__private::Some(#core::__private::UnitPhase::#phase))
    }
}
