//! What a function is after which the queue is flushed. Every error of the attribute is born here.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use syn::{
    AttrStyle, Attribute, Error, Path, Result, ReturnType, Signature, Type,
    parse::{Parse, ParseStream, Parser},
    spanned::Spanned,
    visit_mut::{VisitMut, visit_type_mut},
};

use crate::{
    function::Function,
    options::{Errors, Once, Options, core_path},
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

/// The body of a function.
pub(crate) struct Body {
    /// What stands at its beginning as `#![..]`, as it stands before a function.
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) inside: TokenStream,
    /// The place of its braces.
    pub(crate) span: Span,
}

const OPTIONS: &[&str] = &["crate"];
const OTHERWISE: &str = "`#[flush_queue]` goes on a function, at whose end the queue is flushed; \
                         move it there";

impl Flushed {
    pub(crate) fn of(options: TokenStream, item: TokenStream) -> Result<Self> {
        let mut errors = Errors::default();
        let mut core = Once::default();
        let options = errors.note(Options::parse.parse2(options));
        for option in options.into_iter().flat_map(|Options(written)| written) {
            let name = option.name.clone();
            let set = match name.to_string().as_str() {
                "crate" => option
                    .path("my_framework::events")
                    .and_then(|path| core.set(&name, path)),
                _ => Err(option.unknown("`#[flush_queue]`", OPTIONS)),
            };
            errors.note(set);
        }
        let function = errors.note(Function::of(item.clone(), OTHERWISE));
        let parts = function.and_then(|Function { signature, .. }| {
            errors.note(check(&signature));
            let (head, body) = errors.note(split(item, &signature))?;
            Some((signature, head, body))
        });
        let Some((signature, head, body)) = parts else {
            return errors.finish(None).and_then(|none: Option<Self>| {
                none.ok_or_else(|| Error::new(Span::call_site(), OTHERWISE))
            });
        };
        errors.finish(Self {
            core: core_path(core.get()),
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

/// What stands before the body, and the body.
fn split(item: TokenStream, signature: &Signature) -> Result<(TokenStream, Body)> {
    let mut head: Vec<_> = item.into_iter().collect();
    // The whole item, or its body, may come from a macro as one piece in invisible delimiters.
    while let [TokenTree::Group(whole)] = &head[..]
        && whole.delimiter() == Delimiter::None
    {
        head = whole.stream().into_iter().collect();
    }
    let body = match head.pop() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
            Body::of(group.stream(), group.span())
        }
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::None => Body {
            attrs: Vec::new(),
            span: group.span(),
            inside: TokenTree::Group(group).into(),
        },
        _ => {
            let text = "a function without a body has no end at which to flush the queue; move \
                        `#[flush_queue]` to where it is implemented";
            return Err(Error::new(signature.ident.span(), text));
        }
    };
    Ok((head.into_iter().collect(), body))
}

impl Body {
    fn of(inside: TokenStream, span: Span) -> Self {
        let parts = |input: ParseStream<'_>| {
            let attrs = input.call(Attribute::parse_inner)?;
            Ok((attrs, input.parse()?))
        };
        let (mut attrs, inside) = parts
            .parse2(inside.clone())
            .unwrap_or_else(|_| (Vec::new(), inside));
        for attr in &mut attrs {
            attr.style = AttrStyle::Outer;
        }
        Self {
            attrs,
            inside,
            span,
        }
    }
}

/// The type, as far as an expression may say it.
fn said(signature: &Signature) -> Option<Type> {
    struct Infer;

    impl VisitMut for Infer {
        fn visit_type_mut(&mut self, ty: &mut Type) {
            match ty {
                Type::ImplTrait(_) => *ty = syn::parse_quote!(_),
                _ => visit_type_mut(self, ty),
            }
        }
    }

    let mut ty = match &signature.output {
        ReturnType::Default => syn::parse_quote_spanned!(signature.ident.span()=> ()),
        ReturnType::Type(_, ty) => (**ty).clone(),
    };
    Infer.visit_type_mut(&mut ty);
    (!matches!(ty, Type::Never(_))).then_some(ty)
}
