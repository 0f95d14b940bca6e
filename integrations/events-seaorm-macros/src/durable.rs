//! The options of models whose events are stored by `events-durable`.

use proc_macro2::{Ident, Span};
use syn::{
    Attribute, Error, Expr, ExprPath, Field as FieldSyntax, LitInt, LitStr, Path, Result,
    meta::ParseNestedMeta, parenthesized, spanned::Spanned,
};

/// How the events of a model are stored.
pub(crate) struct Durable {
    /// What their topics begin with.
    pub(crate) topic: LitStr,
    pub(crate) version: Option<LitInt>,
    pub(crate) key: Option<Expr>,
    pub(crate) codec: Option<Path>,
    /// The fields of the primary key.
    pub(crate) primary_key: Vec<Ident>,
    /// All fields.
    fields: Vec<Ident>,
    /// The secret fields, by their keys in the payload, with whether they are left out.
    pub(crate) secrets: Vec<(String, bool)>,
    /// The fields that are shown nowhere.
    pub(crate) hidden: Vec<String>,
    /// The secret fields without a decision: their codec encrypts.
    pub(crate) encrypted: Vec<Span>,
}

/// What becomes of a secret field.
#[derive(Clone, Copy)]
pub(crate) struct Decision {
    is_skipped: bool,
    span: Span,
}

impl Decision {
    /// The word behind `secret`, in parentheses.
    pub(crate) fn parse(meta: &ParseNestedMeta<'_>) -> Result<Self> {
        let content;
        parenthesized!(content in meta.input);
        let word: Ident = content.parse()?;
        let is_skipped = match word.to_string().as_str() {
            "stored" => false,
            "skip" => true,
            _ => {
                let text = "write `secret(stored)` or `secret(skip)`";
                return Err(Error::new(word.span(), text));
            }
        };
        if !content.is_empty() {
            let text = "the field is either stored or skipped; remove one of them";
            return Err(content.error(text));
        }
        let span = word.span();
        Ok(Self { is_skipped, span })
    }
}

/// What the options say about a field.
#[derive(Default)]
pub(crate) struct FieldOptions {
    pub(crate) is_secret: bool,
    pub(crate) is_skipped: bool,
    pub(crate) is_primary_key: bool,
    /// What becomes of a secret in the payload of a durable event.
    pub(crate) decision: Option<Decision>,
}

impl FieldOptions {
    /// An error if the model is not durable, and the field has an option of those that are.
    pub(crate) fn check_not_durable(&self) -> Result<()> {
        let Some(decision) = &self.decision else {
            return Ok(());
        };
        let text = "the events of the model are not stored; write `secret` alone, or `#[observed(durable = \"..\")]` on the model";
        Err(Error::new(decision.span, text))
    }
}

impl Durable {
    /// The options of the model; `None` if it has none.
    pub(crate) fn parse(attributes: &[Attribute]) -> Result<Option<Self>> {
        let mut own = attributes.iter().filter(|it| is_own(it)).peekable();
        let Some(first) = own.peek() else {
            return Ok(None);
        };
        let first = first.path().span();
        let (mut topic, mut version, mut key, mut codec) = (None, None, None, None);
        own.try_for_each(|attribute| {
            attribute.parse_nested_meta(|meta| {
                let is_twice = match meta.path.get_ident().map(Ident::to_string).as_deref() {
                    Some("durable") => topic.replace(parse_topic(&meta)?).is_some(),
                    Some("version") => version.replace(parse_version(&meta)?).is_some(),
                    Some("key") => key.replace(meta.value()?.parse::<Expr>()?).is_some(),
                    Some("codec") => {
                        let path: ExprPath = meta.value()?.parse()?;
                        codec.replace(path.path).is_some()
                    }
                    Some("secret" | "skip") => {
                        return Err(meta.error("`secret` and `skip` are options of a field; put it on the field that it is about"));
                    }
                    _ => {
                        return Err(meta.error(
                            "unknown option of a model; there are `durable = \"shop.user\"`, which stores its events, and with it `version = 2`, \
                             `key = field` and `codec = MyCodec`",
                        ));
                    }
                };
                match is_twice {
                    true => Err(meta.error("this option is given twice; remove one")),
                    false => Ok(()),
                }
            })
        })?;
        let Some(topic) = topic else {
            let text = "the events of the model are not stored; add `durable = \"shop.user\"`, with which their topics begin";
            return Err(Error::new(first, text));
        };
        Ok(Some(Self {
            topic,
            version,
            key,
            codec,
            primary_key: Vec::new(),
            fields: Vec::new(),
            secrets: Vec::new(),
            hidden: Vec::new(),
            encrypted: Vec::new(),
        }))
    }

    /// Adds a field, whose key in the payload this is; `whole` is an option of serde with which it has none.
    pub(crate) fn add(
        &mut self,
        ident: &Ident,
        field: &FieldSyntax,
        options: &FieldOptions,
        key: &str,
        whole: Option<&(Span, String)>,
    ) -> Result<()> {
        self.fields.push(ident.clone());
        if options.is_primary_key {
            self.primary_key.push(ident.clone());
        }
        if options.is_skipped {
            self.hidden.push(key.to_owned());
        }
        if !options.is_secret {
            return Ok(()); // a decision stands behind `secret`
        }
        if let Some((span, name)) = whole
            && self.codec.is_none()
        {
            let text = format!(
                "with `#[serde({name})]` a secret field has no key of its own in the payload, by which it would be found; remove \
                 `{name}`, or give the model a codec that encrypts: `codec = ..`"
            );
            return Err(Error::new(*span, text));
        }
        let is_skipped = match options.decision {
            Some(decision) if decision.is_skipped && !has_default(field) => {
                let text = "a field that is not stored has its default when the event is delivered; add `#[serde(default)]` to it";
                return Err(Error::new(decision.span, text));
            }
            Some(decision) => decision.is_skipped,
            None if self.codec.is_some() => {
                self.encrypted.push(ident.span());
                false
            }
            None => return Err(Error::new(ident.span(), UNDECIDED)),
        };
        self.secrets.push((key.to_owned(), is_skipped));
        Ok(())
    }

    /// An error if the key is no field.
    pub(crate) fn check_key(&self, model: &Ident) -> Result<()> {
        if let Some(Expr::Lit(key)) = &self.key {
            let text = "a key is a field, whose name has no quotes, `key = order`, or a function, `key = |user| user.id`";
            return Err(Error::new(key.span(), text));
        }
        match self.key.as_ref().and_then(field_of) {
            Some(field) if !self.fields.contains(field) => {
                let text = format!(
                    "`{field}` is no field of `{model}`; write the name of one, or a function: `key = |user| user.id`"
                );
                Err(Error::new(field.span(), text))
            }
            _ => Ok(()),
        }
    }
}

pub(crate) const UNDECIDED: &str = "the store would contain this secret field; decide: `#[observed(secret(stored))]` stores it as it is, \
                         `#[observed(secret(skip))]` leaves it out, and `codec = ..` of the model with a codec that encrypts stores it \
                         encrypted";

fn parse_topic(meta: &ParseNestedMeta<'_>) -> Result<LitStr> {
    let topic: LitStr = match meta.value() {
        Ok(value) => value.parse()?,
        Err(_) => {
            let text = "`durable` needs a text, with which the topics of the events begin: `durable = \"shop.user\"`";
            return Err(meta.error(text));
        }
    };
    match topic.value().is_empty() {
        true => Err(Error::new(
            topic.span(),
            "the topics of the events begin with this text; write one that is not empty, as `durable = \"shop.user\"`",
        )),
        false => Ok(topic),
    }
}

fn parse_version(meta: &ParseNestedMeta<'_>) -> Result<LitInt> {
    let version: LitInt = meta.value()?.parse()?;
    match version.base10_parse::<i32>() {
        Ok(1..) => Ok(version),
        _ => Err(Error::new(
            version.span(),
            "a version is a number from 1 on; write `version = 2` when the model has changed",
        )),
    }
}

/// The field that a key names.
pub(crate) fn field_of(key: &Expr) -> Option<&Ident> {
    match key {
        Expr::Path(path) => path.path.get_ident(),
        _ => None,
    }
}

/// Whether serde has a value for the field if the payload has none.
fn has_default(field: &FieldSyntax) -> bool {
    let options = field.attrs.iter().filter(|it| it.path().is_ident("serde"));
    let mut tokens = options
        .filter_map(|it| it.meta.require_list().ok())
        .flat_map(|list| list.tokens.clone());
    tokens.any(|token| {
        matches!(token, proc_macro2::TokenTree::Ident(ident) if ident == "default" || ident == "skip")
    })
}

pub(crate) fn is_own(attribute: &Attribute) -> bool {
    attribute.path().is_ident("observed")
}
