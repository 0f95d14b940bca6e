//! The model of a listener. Every error of its attributes is created here, in `impl_block`, `on_attributes` or
//! `observer_args`, or, for one handler, in the model of a subscriber.

use proc_macro2::{Span, TokenStream};
use syn::{
    Attribute, Error, FnArg, GenericParam, Lifetime, Path, Receiver, ReceiverKind, Result,
    Signature, Type, TypeReference, Visibility, parse::Parse, spanned::Spanned,
};

use super::{
    impl_block::{ImplBlock, ImplItem},
    observer_args::{ObserverArgs, method_names, observed_event},
    on_attributes::{OnAttribute, OnAttributes, Overlap},
    self_type::without_self,
};
use crate::{
    subscriber::{method::Method, model::Subscriber},
    syntax::{
        attributes::{cfg_attributes, find_macro, lint_attributes},
        errors::Errors,
        fragments,
        function::Function,
        lifetimes::non_static_lifetime,
        options::{Options, core_from_options},
        spans::type_name_span,
        text::type_text::type_name,
    },
};

/// An impl block with handlers.
pub(crate) struct Listener {
    pub(crate) core: Path,
    pub(crate) self_type: Type,
    pub(crate) cfgs: Vec<Attribute>,
    /// The attributes by which generated code allows what the impl block allows.
    pub(crate) lints: Vec<Attribute>,
    pub(crate) handlers: Vec<Subscriber>,
    pub(crate) overlaps: Vec<Overlap>,
}

impl Listener {
    /// Parses `#[listener]` and its impl block.
    pub(crate) fn parse(options: TokenStream, item: TokenStream) -> Result<Self> {
        let mut errors = Errors::default();
        let options = errors.record(Options::parse_tokens(options));
        let core = core_from_options(options, "`#[listener(..)]`", &mut errors);
        let not_an_impl = "`#[listener]` belongs on an impl block, on whose methods you write `#[on]`; \
                         move it to `impl MyListener { .. }`";
        let block = errors.record(ImplBlock::parse(item, not_an_impl));
        let listener = block.map(|block| Self::new(core, block, None, &mut errors));
        let listener = errors.require(listener)?;
        errors.finish(listener)
    }

    /// Parses `#[observer(Model)]` and its impl block.
    pub(crate) fn parse_observer(options: TokenStream, item: TokenStream) -> Result<Self> {
        let mut errors = Errors::default();
        let args = errors.record(fragments::parse(options, ObserverArgs::parse));
        let (model, options) = args
            .map(|ObserverArgs { model, options }| (model, options))
            .unzip();
        let core = core_from_options(options, "`#[observer(Model, ..)]`", &mut errors);
        let not_an_impl =
            "`#[observer]` belongs on an impl block; move it to `impl MyObserver { .. }`";
        let block = errors.record(ImplBlock::parse(item, not_an_impl));
        let listener = model
            .zip(block)
            .map(|(model, block)| Self::new(core, block, Some(&model), &mut errors));
        let listener = errors.require(listener)?;
        errors.finish(listener)
    }

    /// `model` is that of an observer, and `None` for a listener.
    fn new(core: Path, block: ImplBlock, model: Option<&Type>, errors: &mut Errors) -> Self {
        check_self_type(&block, errors);
        if let Some(second) = find_macro(&block.attrs, &["listener", "observer"]) {
            let text = "an impl block has one of `#[listener]` and `#[observer]`, and once; remove one, or \
                        move its handlers into another impl block";
            errors.push(Error::new(second.span(), text));
        }
        let listener = type_name(&block.self_type);
        let mut handlers = Vec::new();
        let mut has_handler = false;
        let mut overlaps = Vec::new();
        for item in block.items {
            let on_attributes = errors.record(OnAttributes::of(&item, model.is_some()));
            has_handler |= on_attributes
                .as_ref()
                .is_none_or(|on| !on.handlers.is_empty());
            let ImplItem { attrs, signature } = item;
            let (Some(signature), Some(on_attributes)) = (signature, on_attributes) else {
                continue;
            };
            if on_attributes.handlers.is_empty() {
                continue;
            }
            overlaps.extend(on_attributes.overlaps);
            let observed = match model {
                None => Some(None),
                Some(model) => {
                    let observed = observed_event(&signature.ident, model);
                    errors.record(observed).map(Some)
                }
            };
            let function = errors.record(without_receiver(attrs, signature));
            let (Some(observed), Some(function)) = (observed, function) else {
                continue;
            };
            for OnAttribute { cfg, options } in on_attributes.handlers {
                let method = Method {
                    core: core.clone(),
                    listener: listener.clone(),
                    observed: observed.clone(),
                };
                let mut function = function.clone();
                function.attrs.extend(cfg);
                let options = without_self(options, &block.self_type);
                handlers.extend(Subscriber::parse_method(options, function, method, errors));
            }
        }
        if !has_handler {
            errors.push(no_handler_error(&block.self_type, model.is_some()));
        }
        Self {
            core,
            self_type: block.self_type,
            cfgs: cfg_attributes(&block.attrs),
            lints: lint_attributes(&block.attrs),
            handlers,
            overlaps,
        }
    }
}

/// Checks that the block is an inherent impl of a type that can be a listener.
fn check_self_type(block: &ImplBlock, errors: &mut Errors) {
    if let Some(trait_type) = &block.trait_type {
        let text = "the handlers of a listener are inherent methods, not those of a trait; move \
                    them to `impl MyListener { .. }`";
        errors.push(Error::new(trait_type.span(), text));
        return;
    }
    if let Some(param) = block.generics.params.first() {
        errors.push(match param {
            GenericParam::Lifetime(param) => borrows_error(&param.lifetime),
            param => {
                let text = "a listener cannot be generic, because a scan must know which type to create; \
                            write the block for one type, such as `impl MyListener<u8> { .. }`";
                Error::new(param.span(), text)
            }
        });
    } else if let Some(lifetime) = non_static_lifetime(&block.self_type) {
        errors.push(borrows_error(&lifetime));
    } else if !matches!(block.self_type, Type::Path(_)) {
        let text = "a listener is a struct or an enum of your own; wrap this in one";
        errors.push(Error::new(block.self_type.span(), text));
    }
}

fn borrows_error(lifetime: &Lifetime) -> Error {
    let text = "a listener is stored in its registry, so it cannot borrow; store owned values in \
                it, or write `'static`";
    Error::new(lifetime.span(), text)
}

/// The method without its receiver, so that its first parameter is the event.
fn without_receiver(attrs: Vec<Attribute>, mut signature: Signature) -> Result<Function> {
    let inputs = std::mem::take(&mut signature.inputs);
    let mut inputs = inputs.into_iter();
    match inputs.next() {
        Some(FnArg::Receiver(receiver)) if is_shared_reference(&receiver) => {}
        Some(FnArg::Receiver(receiver)) => {
            let text = "a listener is called from several threads at once; write `&self`, and put state \
                        that changes into a `Mutex` or an atomic";
            return Err(Error::new(receiver_error_span(&receiver), text));
        }
        _ => {
            let text = "the first parameter of a handler of a listener is `&self`; write it there, or move the \
                        function out of the impl block and make it a `#[subscriber]`";
            return Err(Error::new(signature.ident.span(), text));
        }
    }
    signature.inputs = inputs.collect();
    Ok(Function {
        attrs,
        vis: Visibility::Inherited,
        signature,
    })
}

/// The span to report for an unsupported receiver: `mut` if it is a reference, otherwise `self`.
fn receiver_error_span(receiver: &Receiver) -> Span {
    match &receiver.kind {
        ReceiverKind::Reference(_, _, Some(mutability)) => mutability.span,
        _ => receiver.self_token.span,
    }
}

/// Whether it is `&self`, `self: &Self`, or, with the type by its name or in an `Arc`, `self: &T`.
fn is_shared_reference(receiver: &Receiver) -> bool {
    match &receiver.kind {
        ReceiverKind::Reference(_, _, mutability) => mutability.is_none(),
        ReceiverKind::Typed(_, ty) => matches!(
            &**ty,
            Type::Reference(TypeReference {
                mutability: None,
                ..
            })
        ),
        _ => false,
    }
}

fn no_handler_error(self_type: &Type, is_observer: bool) -> Error {
    let text = if is_observer {
        format!(
            "an observer without a method receives no events; write one of {}, or remove \
             `#[observer]`",
            method_names()
        )
    } else {
        "a listener without a handler receives no events; write `#[on]` on a method such as \
         `fn name(&self, event: &MyEvent) { .. }`, or remove `#[listener]`"
            .to_owned()
    };
    Error::new(type_name_span(self_type), text)
}
