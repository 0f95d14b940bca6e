//! The model of `#[flush_queue]`. Every error of the attribute is created here.

use proc_macro2::TokenStream;
use syn::{Error, Path, Result, Signature, Type, spanned::Spanned};

use crate::syntax::{
    body::{Body, nameable_return_type, split_body},
    errors::Errors,
    function::Function,
    options::{Options, core_from_options},
};

/// A function at whose end the queue is flushed.
pub(crate) struct FlushedFunction {
    pub(crate) core: Path,
    /// The tokens before the body.
    pub(crate) head: TokenStream,
    pub(crate) body: Body,
    pub(crate) is_async: bool,
    /// The return type as an expression may name it: see [`nameable_return_type`].
    pub(crate) return_type: Option<Type>,
}

const NO_BODY: &str = "a function without a body has no end at which to flush the queue; move \
                       `#[flush_queue]` to where it is implemented";
const NOT_A_FUNCTION: &str = "`#[flush_queue]` belongs on a function, at whose end the queue is \
                              flushed; move it there";

impl FlushedFunction {
    pub(crate) fn parse(options: TokenStream, item: TokenStream) -> Result<Self> {
        let mut errors = Errors::default();
        let options = errors.record(Options::parse_tokens(options));
        let core = core_from_options(options, "`#[flush_queue]`", &mut errors);
        let function = errors.record(Function::parse(item.clone(), NOT_A_FUNCTION));
        let parts = function.and_then(|Function { signature, .. }| {
            errors.record(check_not_const(&signature));
            let (head, body) = errors.record(split_body(item, &signature, NO_BODY))?;
            Some((signature, head, body))
        });
        let (signature, head, body) = errors.require(parts)?;
        errors.finish(Self {
            core,
            head,
            body,
            is_async: signature.asyncness.is_some(),
            return_type: nameable_return_type(&signature),
        })
    }
}

fn check_not_const(signature: &Signature) -> Result<()> {
    match &signature.constness {
        None => Ok(()),
        Some(constness) => {
            let text = "a const fn may run in the compiler, where there is no queue; remove `const` \
                        or `#[flush_queue]`";
            Err(Error::new(constness.span(), text))
        }
    }
}
