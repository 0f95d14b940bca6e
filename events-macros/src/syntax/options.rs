//! The options of an attribute: `name` or `name = value`, separated by commas.

use proc_macro2::{Span, TokenStream};
use syn::{
    Error, Expr, ExprLit, Ident, Lit, LitStr, Path, Result, Token, Type, TypePath,
    ext::IdentExt,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
    spanned::Spanned,
};

use super::{errors::Errors, fragments, spans::mixed_site_at};

/// One parsed option, not yet validated.
pub(crate) struct RawOption {
    pub(crate) name: Ident,
    pub(crate) value: Option<Expr>,
    /// The whole option if it is a path with several segments or with generic arguments: the type of
    /// an event.
    pub(crate) ty: Option<Type>,
}

impl Parse for RawOption {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let ahead = input.fork();
        let is_named = ahead.call(Ident::parse_any).is_ok();
        let continues_as_path = ahead.peek(Token![::]) || ahead.peek(Token![<]);
        if input.peek(Token![::]) || is_named && continues_as_path {
            let path: TypePath = input.parse()?;
            let last = path
                .path
                .segments
                .last()
                .map(|segment| segment.ident.clone());
            let name = last.unwrap_or_else(|| Ident::new("event", path.span()));
            return Ok(Self {
                name,
                value: None,
                ty: Some(Type::Path(path)),
            });
        }
        let name = input.call(Ident::parse_any).map_err(|error| {
            let text = "expected the name of an option; write `name` or `name = value`";
            Error::new(error.span(), text)
        })?;
        let value = if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            if input.is_empty() || input.peek(Token![,]) {
                let text = format!("`{name}` has no value; write `{name} = value`");
                return Err(Error::new(name.span(), text));
            }
            Some(input.parse()?)
        } else {
            None
        };
        if !input.is_empty() && !input.peek(Token![,]) {
            let text = format!("expected `,` or `=`; write `{name}` or `{name} = value`");
            return Err(input.error(text));
        }
        Ok(Self {
            name,
            value,
            ty: None,
        })
    }
}

impl RawOption {
    /// Checks that the option has no value.
    pub(crate) fn expect_flag(&self) -> Result<()> {
        match &self.value {
            None => Ok(()),
            Some(value) => {
                let text = format!("`{}` has no value; write `{0}` alone", self.name);
                Err(Error::new(value.span(), text))
            }
        }
    }

    /// The value; the error text shows the example.
    pub(crate) fn into_expr(self, example: &str) -> Result<Expr> {
        let Self { name, value, .. } = self;
        value.ok_or_else(|| {
            let text = format!("`{name}` needs a value; write `{name} = {example}`");
            Error::new(name.span(), text)
        })
    }

    /// The value as a string literal.
    pub(crate) fn into_string(self, example: &str) -> Result<LitStr> {
        let name = self.name.clone();
        match self.into_expr(example)? {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => Ok(text),
            other => {
                let text = format!("`{name}` accepts a string literal; write `{name} = {example}`");
                Err(Error::new(other.span(), text))
            }
        }
    }

    /// The value as a path.
    pub(crate) fn into_path(self, example: &str) -> Result<Path> {
        let name = self.name.clone();
        match self.into_expr(example)? {
            Expr::Path(path) if path.qself.is_none() => Ok(path.path),
            other => {
                let text = format!("`{name}` accepts a path; write `{name} = {example}`");
                Err(Error::new(other.span(), text))
            }
        }
    }

    /// The error for an unknown option: `attribute` names the attribute, `known` its options.
    pub(crate) fn unknown(&self, attribute: &str, known: &[&str]) -> Error {
        let name = self.name.to_string();
        let meant = similar(&name, known);
        let meant = meant.map_or_else(String::new, |meant| format!("did you mean `{meant}`? "));
        let known = known.join("`, `");
        let text = format!("unknown option `{name}`; {meant}{attribute} accepts `{known}`");
        Error::new(self.name.span(), text)
    }
}

/// Names of options in other systems, and the option that is meant.
const ELSEWHERE: &[(&str, &str)] = &[
    ("backoff", "retry"),
    ("max_attempts", "retry"),
    ("condition", "when"),
    ("filter", "when"),
    ("run_if", "when"),
    ("throttle", "debounce"),
    ("queued", "deferred"),
];

/// The known name that is most similar to another one, if one is similar: its start or its last word is the same, or few
/// letters differ.
fn similar<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    let elsewhere = ELSEWHERE.iter().find(|(other, _)| *other == name);
    let is_similar = |one: &str| {
        let longest = one.len().max(name.len());
        let same_start = one
            .bytes()
            .zip(name.bytes())
            .take_while(|(one, other)| one == other);
        let is_last_word = one
            .strip_suffix(name)
            .is_some_and(|start| start.ends_with('_'));
        is_last_word || same_start.count() * 2 >= longest || edits(one, name) * 3 <= longest
    };
    let known = known.iter().copied();
    match elsewhere {
        Some((_, meant)) => known.into_iter().find(|one| one == meant),
        None => known
            .filter(|one| is_similar(one))
            .min_by_key(|one| edits(one, name)),
    }
}

/// How many letters are to be inserted, removed or replaced until two names are equal.
fn edits(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, letter) in one.bytes().enumerate() {
        let mut before = line;
        row[0] = line + 1;
        for (column, other) in other.bytes().enumerate() {
            let replaced = before + usize::from(letter != other);
            before = row[column + 1];
            row[column + 1] = replaced.min(before + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

/// The options of one attribute.
pub(crate) struct Options(pub(crate) Vec<RawOption>);

impl Options {
    /// Parses the tokens in the parentheses of an attribute.
    pub(crate) fn parse_tokens(options: TokenStream) -> Result<Self> {
        fragments::parse(options, Self::parse)
    }
}

impl Parse for Options {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let options = Punctuated::<RawOption, Token![,]>::parse_terminated(input)?;
        Ok(Self(options.into_iter().collect()))
    }
}

/// The value of an option that may be given at most once, and where it was given.
pub(crate) struct SetOnce<T>(Option<(Span, T)>);

impl<T> Default for SetOnce<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> SetOnce<T> {
    pub(crate) fn set(&mut self, name: &Ident, value: T) -> Result<()> {
        if self.0.is_some() {
            let text = format!("the option `{name}` is given twice; remove one of them");
            return Err(Error::new(name.span(), text));
        }
        self.0 = Some((name.span(), value));
        Ok(())
    }

    pub(crate) fn value(&self) -> Option<&T> {
        self.0.as_ref().map(|(_, value)| value)
    }

    pub(crate) fn into_value(self) -> Option<T> {
        self.0.map(|(_, value)| value)
    }

    pub(crate) fn span(&self) -> Option<Span> {
        self.0.as_ref().map(|(span, _)| *span)
    }

    pub(crate) fn is_set(&self) -> bool {
        self.0.is_some()
    }
}

/// The path of `events-core` for an attribute whose only option is `crate`.
pub(crate) fn core_from_options(
    options: Option<Options>,
    attribute: &str,
    errors: &mut Errors,
) -> Path {
    let mut core = SetOnce::default();
    for option in options.into_iter().flat_map(|Options(raw)| raw) {
        let name = option.name.clone();
        let set = match name.to_string().as_str() {
            "crate" => option
                .into_path("my_framework::events")
                .and_then(|path| core.set(&name, path)),
            _ => Err(option.unknown(attribute, &["crate"])),
        };
        errors.record(set);
    }
    core_path(core.into_value())
}

/// The path of `events-core`: the value of `crate = ..`, or `::events_core`.
pub(crate) fn core_path(path: Option<Path>) -> Path {
    let Some(mut path) = path else {
        let mut path = Path::from(Ident::new("events_core", Span::call_site()));
        path.leading_colon = Some(<Token![::]>::default());
        return path;
    };
    // Generated paths continue this one; with the macro's hygiene no lint reports them as
    // unnecessarily qualified. `$crate` keeps its span, which is what it resolves by.
    for segment in &mut path.segments {
        if segment.ident != "$crate" {
            segment.ident.set_span(mixed_site_at(segment.ident.span()));
        }
    }
    path
}
