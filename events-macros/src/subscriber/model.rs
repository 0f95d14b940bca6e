//! What a subscriber is: a function, or a method of a listener. Every error of the attribute is born
//! here.

use proc_macro2::{Span, TokenStream};
use syn::{
    Attribute, Error, Expr, ExprLit, FnArg, GenericArgument, GenericParam, Ident, Lifetime, Lit,
    Path, PathArguments, Result, ReturnType, Safety, Signature, Type, TypeImplTrait, TypeReference,
    parse::{Parse, Parser},
    spanned::Spanned,
    visit_mut::VisitMut,
};

use crate::{
    function::Function,
    listener::Method,
    options::{Errors, Once, Options, Written, core_path},
};

/// A function or method that subscribes to an event.
pub(crate) struct Subscriber {
    pub(crate) core: Path,
    pub(crate) ident: Ident,
    /// What makes it a method, if it is one.
    pub(crate) method: Option<Method>,
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) signature: Signature,
    /// The event's type, without the reference.
    pub(crate) event: Type,
    /// Whether it takes `&mut`.
    pub(crate) changes: bool,
    /// What it takes beside its event.
    pub(crate) params: Vec<Type>,
    pub(crate) returns: Option<Type>,
    pub(crate) priority: Option<Expr>,
    pub(crate) when: Option<Expr>,
    pub(crate) origin: Option<Expr>,
    pub(crate) once: bool,
    pub(crate) deferred: bool,
    pub(crate) concurrency: Option<Expr>,
    pub(crate) before: Vec<Expr>,
    pub(crate) after: Vec<Expr>,
}

const OTHERWISE: &str =
    "`#[subscriber]` goes on a function; move it to `fn name(event: &MyEvent) { .. }`";

const OPTIONS: &[&str] = &[
    "priority",
    "when",
    "origin",
    "once",
    "before",
    "after",
    "deferred",
    "concurrency",
];

impl Subscriber {
    pub(crate) fn of(options: TokenStream, item: TokenStream) -> Result<Self> {
        let mut errors = Errors::default();
        let options = errors.note(Options::parse.parse2(options));
        let options = options.map(|Options(written)| Chosen::of(written, false, &mut errors));
        let function = errors.note(Function::of(item, OTHERWISE));
        let subscriber = Self::new(options, function, None, &mut errors);
        errors
            .finish(subscriber)?
            .ok_or_else(|| Error::new(Span::call_site(), "not a subscriber"))
    }

    /// A method of a listener; the function is without its receiver.
    pub(crate) fn of_method(
        options: TokenStream,
        function: Function,
        method: Method,
        errors: &mut Errors,
    ) -> Option<Self> {
        let options = errors.note(Options::parse.parse2(options));
        let options = options.map(|Options(written)| Chosen::of(written, true, errors));
        Self::new(options, Some(function), Some(method), errors)
    }

    fn new(
        chosen: Option<Chosen>,
        function: Option<Function>,
        method: Option<Method>,
        errors: &mut Errors,
    ) -> Option<Self> {
        let Function { attrs, signature } = function?;
        let event = errors.note(event_of(&signature, method.is_some()));
        let (chosen, event) = (chosen?, event?);
        check(&signature, errors);
        check_later(&signature, &event, &chosen, errors);
        let said = |ty: &Type| match &method {
            Some(method) => method.said(ty),
            None => ty.clone(),
        };
        let params = signature
            .inputs
            .iter()
            .skip(1)
            .filter_map(|input| match input {
                FnArg::Typed(input) => Some(said(&input.ty)),
                FnArg::Receiver(_) => None,
            });
        let params = params.collect();
        Some(Self {
            core: match &method {
                Some(method) => method.core.clone(),
                None => core_path(chosen.core.get()),
            },
            ident: signature.ident.clone(),
            cfgs: attrs
                .into_iter()
                .filter(|attr| attr.path().is_ident("cfg"))
                .collect(),
            changes: event.mutability.is_some(),
            params,
            returns: match &signature.output {
                ReturnType::Default => None,
                ReturnType::Type(_, ty) => Some((**ty).clone()),
            },
            event: said(&event.elem),
            method,
            priority: chosen.priority.get(),
            when: chosen.when.get(),
            origin: chosen.origin.get(),
            once: chosen.once.is_set(),
            deferred: chosen.deferred.is_set(),
            concurrency: chosen.concurrency.get(),
            before: targets(chosen.before.get()),
            after: targets(chosen.after.get()),
            signature,
        })
    }

    /// Whether it is an `async fn`.
    pub(crate) fn is_async(&self) -> bool {
        self.signature.asyncness.is_some()
    }

    /// Whether it runs when the emit is over, with a copy of the event.
    pub(crate) fn is_later(&self) -> bool {
        self.is_async() || self.deferred
    }
}

/// The options of a subscriber.
#[derive(Default)]
struct Chosen {
    priority: Once<Expr>,
    when: Once<Expr>,
    origin: Once<Expr>,
    once: Once<()>,
    before: Once<Expr>,
    after: Once<Expr>,
    deferred: Once<()>,
    concurrency: Once<Expr>,
    core: Once<Path>,
}

impl Chosen {
    fn of(written: Vec<Written>, of_method: bool, errors: &mut Errors) -> Self {
        let mut chosen = Self::default();
        for option in written {
            let name = option.name.clone();
            let set = match name.to_string().as_str() {
                "priority" => option
                    .expr("10")
                    .and_then(|value| chosen.priority.set(&name, value)),
                "when" => option
                    .expr("|event: &MyEvent| ..")
                    .and_then(|value| chosen.when.set(&name, value)),
                "origin" => option
                    .expr("checkout")
                    .and_then(|value| chosen.origin.set(&name, value)),
                "once" => option.flag().and_then(|()| chosen.once.set(&name, ())),
                "before" => option
                    .expr("audit")
                    .and_then(|value| chosen.before.set(&name, value)),
                "after" => option
                    .expr("audit")
                    .and_then(|value| chosen.after.set(&name, value)),
                "deferred" => option.flag().and_then(|()| chosen.deferred.set(&name, ())),
                "concurrency" => option
                    .expr("1")
                    .and_then(at_once)
                    .and_then(|value| chosen.concurrency.set(&name, value)),
                "crate" if !of_method => option
                    .path("my_framework::events")
                    .and_then(|value| chosen.core.set(&name, value)),
                _ if of_method => Err(option.unknown("`#[on(..)]`", OPTIONS)),
                _ => {
                    let known = [OPTIONS, &["crate"]].concat();
                    Err(option.unknown("`#[subscriber(..)]`", &known))
                }
            };
            errors.note(set);
        }
        chosen
    }
}

/// How many calls may be under way at once: any, but not none.
fn at_once(value: Expr) -> Result<Expr> {
    if let Expr::Lit(ExprLit {
        lit: Lit::Int(number),
        ..
    }) = &value
        && number.base10_digits() == "0"
    {
        let text = "with `concurrency` 0 the subscriber would never run; write 1 or more, or \
                    remove the option for as many as come";
        return Err(Error::new(number.span(), text));
    }
    Ok(value)
}

/// `before = audit` or `before = [audit, charge]`.
fn targets(value: Option<Expr>) -> Vec<Expr> {
    match value {
        Some(Expr::Array(array)) => array.elems.into_iter().collect(),
        Some(target) => vec![target],
        None => Vec::new(),
    }
}

/// The type of the event, which comes first and by reference.
fn event_of(signature: &Signature, of_method: bool) -> Result<TypeReference> {
    let takes = if of_method {
        "a handler takes its event after `&self`: write `event: &MyEvent` or `event: &mut MyEvent`"
    } else {
        "a subscriber takes its event first: write `event: &MyEvent` or `event: &mut MyEvent`"
    };
    match signature.inputs.first() {
        None => Err(Error::new(signature.paren_token.span.join(), takes)),
        Some(FnArg::Receiver(receiver)) => Err(Error::new(
            receiver.self_token.span,
            "a subscriber is a free function, for nobody could say which `self` to call; put \
             `#[listener]` on the impl block and write `#[on]` here, or move the function out and \
             take what it needs as `State<'_, T>`",
        )),
        Some(FnArg::Typed(input)) => match &*input.ty {
            Type::Reference(reference) => Ok(reference.clone()),
            ty => {
                if let Some(span) = impl_trait(ty) {
                    return Err(generic(span));
                }
                let ty_text = quote::quote!(#ty).to_string().replace(" :: ", "::");
                let text = format!(
                    "a subscriber takes its event by reference: write `&{ty_text}` to read it or \
                     `&mut {ty_text}` to change it"
                );
                Err(Error::new(ty.span(), text))
            }
        },
    }
}

fn check(signature: &Signature, errors: &mut Errors) {
    for param in &signature.generics.params {
        match param {
            GenericParam::Lifetime(_) => {}
            GenericParam::Type(param) => errors.push(generic(param.ident.span())),
            GenericParam::Const(param) => errors.push(generic(param.ident.span())),
        }
    }
    for input in &signature.inputs {
        let FnArg::Typed(input) = input else { continue };
        if let Some(span) = impl_trait(&input.ty) {
            errors.push(generic(span));
        }
        for lifetime in kept(&input.ty) {
            let text = "a subscriber is lent this for one call; write `'_` in place of `'static`";
            errors.push(Error::new(lifetime.span(), text));
        }
    }
    if let Safety::Unsafe(unsafety) = &signature.safety {
        let text = "an unsafe function cannot be a subscriber, for nobody could keep its promise; \
                    subscribe a safe function that calls it";
        errors.push(Error::new(unsafety.span, text));
    }
}

/// What a function that runs later must be like: it gets a copy of the event, when the emit is over.
fn check_later(signature: &Signature, event: &TypeReference, chosen: &Chosen, errors: &mut Errors) {
    let asyncness = signature.asyncness.as_ref().map(Spanned::span);
    let Some(place) = asyncness.or(chosen.deferred.span()) else {
        if let Some(span) = chosen.concurrency.span() {
            let text = "`concurrency` is for a subscriber that runs later; make the function async, \
                        add `deferred`, or remove this option";
            errors.push(Error::new(span, text));
        }
        return;
    };
    if borrows(&event.elem) {
        let text = if asyncness.is_some() {
            "an async subscriber outlives the emit, and this event borrows; \
             make the function sync, or let the event own what it needs"
        } else {
            "a deferred subscriber outlives the emit, and this event borrows; \
             remove `deferred`, or let the event own what it needs"
        };
        errors.push(Error::new(place, text));
    }
    if let Some(mutability) = &event.mutability {
        let text = if asyncness.is_some() {
            "an async subscriber runs beside others, so it only reads the event; \
             write `&` in place of `&mut`, or make the function sync to change the event"
        } else {
            "a deferred subscriber gets a copy of the event, so it only reads; \
             write `&` in place of `&mut`, or remove `deferred` to change the event"
        };
        errors.push(Error::new(mutability.span(), text));
    }
}

fn generic(span: Span) -> Error {
    let text = "a subscriber cannot be generic, for it is registered once, when the program is \
                linked; write one function for each type and let them call the generic one";
    Error::new(span, text)
}

/// Where the type says `impl Trait`, if it does.
fn impl_trait(ty: &Type) -> Option<Span> {
    struct Find(Option<Span>);

    impl VisitMut for Find {
        fn visit_type_impl_trait_mut(&mut self, ty: &mut TypeImplTrait) {
            self.0.get_or_insert(ty.impl_token.span);
        }
    }

    let mut find = Find(None);
    find.visit_type_mut(&mut ty.clone());
    find.0
}

/// Whether the type shows a lifetime.
fn borrows(ty: &Type) -> bool {
    lifetimes(ty).next().is_some()
}

/// The lifetimes of what is lent that say `'static`. Those deeper inside are the user's own matter.
fn kept(ty: &Type) -> impl Iterator<Item = &Lifetime> {
    let (outer, inner) = match ty {
        Type::Reference(reference) => (reference.lifetime.as_ref(), &*reference.elem),
        ty => (None, ty),
    };
    let all = outer.into_iter().chain(lifetimes(inner));
    all.filter(|lifetime| lifetime.ident == "static")
}

/// The lifetimes that a type is written with.
fn lifetimes(ty: &Type) -> impl Iterator<Item = &Lifetime> {
    let last = match ty {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    };
    let arguments = last.and_then(|segment| match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
        _ => None,
    });
    arguments
        .into_iter()
        .flatten()
        .filter_map(|argument| match argument {
            GenericArgument::Lifetime(lifetime) => Some(lifetime),
            _ => None,
        })
}
