//! What a function is after which the queue is flushed. Every error of the attribute is born here.

use proc_macro2::TokenStream;
use syn::{
    Error, Path, Result, Signature, Type,
    parse::{Parse, Parser},
    spanned::Spanned,
};

use crate::{
    body::{Body, said, split},
    function::Function,
    options::{Errors, Options, core_alone},
};

/// A function after which the queue is flushed.
pub(crate) struct Flushed {
    pub(crate) core: Path,
    /// All that stands before the body.
    pub(crate) head: TokenStream,
    pub(crate) body: Body,
    pub(crate) is_async: bool,
    /// What it returns, as far as a body may say it: no type for `!`, and `_` for `impl Trait`.
    pub(crate) returns: Option<Type>,
}

const BODILESS: &str = "a function without a body has no end at which to flush the queue; move \
                        `#[flush_queue]` to where it is implemented";
const OTHERWISE: &str = "`#[flush_queue]` goes on a function, at whose end the queue is flushed; \
                         move it there";

impl Flushed {
    pub(crate) fn of(options: TokenStream, item: TokenStream) -> Result<Self> {
        let mut errors = Errors::default();
        let options = errors.note(Options::parse.parse2(options));
        let core = core_alone(options, "`#[flush_queue]`", &mut errors);
        let function = errors.note(Function::of(item.clone(), OTHERWISE));
        let parts = function.and_then(|Function { signature, .. }| {
            errors.note(check(&signature));
            let (head, body) = errors.note(split(item, &signature, BODILESS))?;
            Some((signature, head, body))
        });
        let (signature, head, body) = errors.need(parts)?;
        errors.finish(Self {
            core,
            head,
            body,
            is_async: signature.asyncness.is_some(),
            returns: said(&signature),
        })
    }
}

fn check(signature: &Signature) -> Result<()> {
    match &signature.constness {
        None => Ok(()),
        Some(constness) => {
            let text = "a const fn may run in the compiler, where there is no queue; remove `const` \
                        or `#[flush_queue]`";
            Err(Error::new(constness.span(), text))
        }
    }
}
