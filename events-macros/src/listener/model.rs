//! What a listener is. Every error of its attributes is born here, or, for one handler, in the model
//! of a subscriber.

use proc_macro2::{Span, TokenStream};
use syn::{
    Attribute, Error, FnArg, GenericParam, Lifetime, Meta, Path, Receiver, ReceiverKind, Result,
    Signature, Type, TypeReference, Visibility,
    parse::{Parse, Parser},
    spanned::Spanned,
    visit_mut::VisitMut,
};

use super::{
    block::{Block, Item, is_mark},
    method::{Method, name, without_self},
    observer::{Heading, Observed, names},
};
use crate::{
    function::Function,
    options::{Errors, Options, core_alone},
    spans::place,
    subscriber::Subscriber,
};

/// An impl block with handlers.
pub(crate) struct Listener {
    pub(crate) core: Path,
    pub(crate) this: Type,
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) handlers: Vec<Subscriber>,
}

impl Listener {
    /// What `#[listener]` makes of an impl block.
    pub(crate) fn of(options: TokenStream, item: TokenStream) -> Result<Self> {
        let mut errors = Errors::default();
        let options = errors.note(Options::parse.parse2(options));
        let core = core_alone(options, "`#[listener(..)]`", &mut errors);
        let otherwise = "`#[listener]` goes on an impl block, on whose methods you write `#[on]`; \
                         move it to `impl MyListener { .. }`";
        let block = errors.note(Block::of(item, otherwise));
        let listener = block.map(|block| Self::new(core, block, None, &mut errors));
        let listener = errors.need(listener)?;
        errors.finish(listener)
    }

    /// What `#[observer(Model)]` makes of an impl block.
    pub(crate) fn of_observer(options: TokenStream, item: TokenStream) -> Result<Self> {
        let mut errors = Errors::default();
        let heading = errors.note(Heading::parse.parse2(options));
        let (model, options) = heading
            .map(|Heading { model, options }| (model, options))
            .unzip();
        let core = core_alone(options, "`#[observer(Model, ..)]`", &mut errors);
        let otherwise = "`#[observer]` goes on an impl block; move it to `impl MyObserver { .. }`";
        let block = errors.note(Block::of(item, otherwise));
        let listener = model
            .zip(block)
            .map(|(model, block)| Self::new(core, block, Some(&model), &mut errors));
        let listener = errors.need(listener)?;
        errors.finish(listener)
    }

    /// Of an observer with its model.
    fn new(core: Path, block: Block, model: Option<&Type>, errors: &mut Errors) -> Self {
        check(&block, errors);
        let listener = name(&block.this);
        let mut handlers = Vec::new();
        let mut any = false;
        for item in block.items {
            let options = errors.note(mark(&item, model.is_some()));
            any |= !matches!(options, Some(None));
            let Item { attrs, signature } = item;
            let (Some(signature), Some(Some(options))) = (signature, options) else {
                continue;
            };
            let observed = match model {
                None => Some(None),
                Some(model) => {
                    let observed = Observed::of(&signature.ident, model);
                    errors.note(observed).map(Some)
                }
            };
            let function = errors.note(without_receiver(attrs, signature));
            if let (Some(observed), Some(function)) = (observed, function) {
                let method = Method {
                    core: core.clone(),
                    listener: listener.clone(),
                    observed,
                };
                let options = without_self(options, &block.this);
                handlers.extend(Subscriber::of_method(options, function, method, errors));
            }
        }
        if !any {
            errors.push(no_handler(&block.this, model.is_some()));
        }
        Self {
            core,
            this: block.this,
            cfgs: cfgs(block.attrs),
            handlers,
        }
    }
}

/// The impl block is one of a type.
fn check(block: &Block, errors: &mut Errors) {
    if let Some(of_trait) = &block.of_trait {
        let text = "the handlers of a listener are methods of its own, not those of a trait; move \
                    them to `impl MyListener { .. }`";
        errors.push(Error::new(of_trait.span(), text));
        return;
    }
    if let Some(param) = block.generics.params.first() {
        errors.push(match param {
            GenericParam::Lifetime(param) => borrows(&param.lifetime),
            param => {
                let text = "a listener cannot be generic, for a scan must know what to make; write \
                            the block for one type, such as `impl MyListener<u8> { .. }`";
                Error::new(param.span(), text)
            }
        });
    } else if let Some(lifetime) = lifetime(&block.this) {
        errors.push(borrows(&lifetime));
    } else if !matches!(block.this, Type::Path(_)) {
        let text = "a listener is a struct or an enum of your own; wrap this in one";
        errors.push(Error::new(block.this.span(), text));
    }
}

fn borrows(lifetime: &Lifetime) -> Error {
    let text = "a listener is kept by its registry, so it borrows nothing; let it own what it \
                needs, or write `'static`";
    Error::new(lifetime.span(), text)
}

/// A lifetime that the type is written with, but for `'static`.
fn lifetime(ty: &Type) -> Option<Lifetime> {
    struct Find(Option<Lifetime>);

    impl VisitMut for Find {
        fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
            if lifetime.ident != "static" {
                self.0.get_or_insert(lifetime.clone());
            }
        }
    }

    let mut find = Find(None);
    find.visit_type_mut(&mut ty.clone());
    find.0
}

/// The options of a handler; none of what is no handler. Of an observer, all methods are.
fn mark(item: &Item, observes: bool) -> Result<Option<TokenStream>> {
    let mut marks = item.attrs.iter().filter(|attr| is_mark(attr.path()));
    let Some(attr) = marks.next() else {
        let is_handler = item.signature.is_some() && observes;
        return Ok(is_handler.then(TokenStream::new));
    };
    if item.signature.is_none() {
        let text = "`#[on]` marks a handler, which is a method; remove it here";
        return Err(Error::new(attr.path().span(), text));
    }
    if let Some(again) = marks.next() {
        let text = "`#[on]` is given twice; write all options into one";
        return Err(Error::new(again.path().span(), text));
    }
    match &attr.meta {
        Meta::Path(_) => Ok(Some(TokenStream::new())),
        Meta::List(list) => Ok(Some(list.tokens.clone())),
        Meta::NameValue(meta) => {
            let text = "`#[on]` takes options in parentheses; write `#[on(priority = 10)]`";
            Err(Error::new(meta.eq_token.span(), text))
        }
    }
}

/// The method as a function that takes its event first.
fn without_receiver(attrs: Vec<Attribute>, mut signature: Signature) -> Result<Function> {
    let inputs = std::mem::take(&mut signature.inputs);
    let mut inputs = inputs.into_iter();
    match inputs.next() {
        Some(FnArg::Receiver(receiver)) if is_shared(&receiver) => {}
        Some(FnArg::Receiver(receiver)) => {
            let text = "a listener is called from several places at once; take `&self`; state that \
                        changes goes into a Mutex or an atomic";
            return Err(Error::new(place_of(&receiver), text));
        }
        _ => {
            let text = "a handler of a listener takes `&self` first; write it there, or move the \
                        function out of the impl block and make it a `#[subscriber]`";
            return Err(Error::new(signature.ident.span(), text));
        }
    }
    signature.inputs = inputs.collect();
    Ok(Function {
        attrs: cfgs(attrs),
        vis: Visibility::Inherited,
        signature,
    })
}

/// What is wrong with a receiver: `mut`, or else all of it.
fn place_of(receiver: &Receiver) -> Span {
    match &receiver.kind {
        ReceiverKind::Reference(_, _, Some(mutability)) => mutability.span,
        _ => receiver.self_token.span,
    }
}

/// Whether it is `&self`, or says the same.
fn is_shared(receiver: &Receiver) -> bool {
    match &receiver.kind {
        ReceiverKind::Reference(_, _, mutability) => mutability.is_none(),
        ReceiverKind::Typed(_, ty) => matches!(
            &**ty,
            Type::Reference(TypeReference { mutability: None, elem, .. })
                if matches!(&**elem, Type::Path(path) if path.path.is_ident("Self"))
        ),
        _ => false,
    }
}

fn no_handler(this: &Type, observes: bool) -> Error {
    let text = if observes {
        format!(
            "an observer without a method sees nothing; write one of {}, or remove `#[observer]`",
            names()
        )
    } else {
        "a listener without a handler hears nothing; write `#[on]` on a method such as \
         `fn name(&self, event: &MyEvent) { .. }`, or remove `#[listener]`"
            .to_owned()
    };
    Error::new(place(this), text)
}

fn cfgs(attrs: Vec<Attribute>) -> Vec<Attribute> {
    attrs
        .into_iter()
        .filter(|attr| attr.path().is_ident("cfg"))
        .collect()
}
