//! The options of an attribute: `name` or `name = value`, separated by commas.

use proc_macro2::Span;
use syn::{
    Error, Expr, ExprLit, Ident, Lit, LitStr, Path, Result, Token, Type, TypePath,
    ext::IdentExt,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
    spanned::Spanned,
};

use crate::spans::at;

/// One option as it was written.
pub(crate) struct Written {
    pub(crate) name: Ident,
    pub(crate) value: Option<Expr>,
    /// The whole, when it is a path of several parts or has parameters: the type of an event.
    pub(crate) ty: Option<Type>,
}

impl Parse for Written {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let ahead = input.fork();
        let is_named = ahead.call(Ident::parse_any).is_ok();
        let goes_on = ahead.peek(Token![::]) || ahead.peek(Token![<]);
        if input.peek(Token![::]) || is_named && goes_on {
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

/// The options of one attribute.
pub(crate) struct Options(pub(crate) Vec<Written>);

impl Parse for Options {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let options = Punctuated::<Written, Token![,]>::parse_terminated(input)?;
        Ok(Self(options.into_iter().collect()))
    }
}

/// An option that may be given once.
pub(crate) struct Once<T>(Option<(Span, T)>);

impl<T> Default for Once<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Once<T> {
    pub(crate) fn set(&mut self, name: &Ident, value: T) -> Result<()> {
        if self.0.is_some() {
            let text = format!("the option `{name}` is given twice; remove one of them");
            return Err(Error::new(name.span(), text));
        }
        self.0 = Some((name.span(), value));
        Ok(())
    }

    pub(crate) fn get(self) -> Option<T> {
        self.0.map(|(_, value)| value)
    }

    pub(crate) fn span(&self) -> Option<Span> {
        self.0.as_ref().map(|(span, _)| *span)
    }

    pub(crate) fn is_set(&self) -> bool {
        self.0.is_some()
    }
}

impl Written {
    /// The option stands alone.
    pub(crate) fn flag(&self) -> Result<()> {
        match &self.value {
            None => Ok(()),
            Some(value) => {
                let text = format!("`{}` takes no value; write `{0}` alone", self.name);
                Err(Error::new(value.span(), text))
            }
        }
    }

    /// The option has a value, such as the example.
    pub(crate) fn expr(self, example: &str) -> Result<Expr> {
        let Self { name, value, .. } = self;
        value.ok_or_else(|| {
            let text = format!("`{name}` needs a value; write `{name} = {example}`");
            Error::new(name.span(), text)
        })
    }

    /// The option has a string literal as its value.
    pub(crate) fn text(self, example: &str) -> Result<LitStr> {
        let name = self.name.clone();
        match self.expr(example)? {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => Ok(text),
            other => {
                let text = format!("`{name}` takes a string literal; write `{name} = {example}`");
                Err(Error::new(other.span(), text))
            }
        }
    }

    /// The option has a path as its value.
    pub(crate) fn path(self, example: &str) -> Result<Path> {
        let name = self.name.clone();
        match self.expr(example)? {
            Expr::Path(path) if path.qself.is_none() => Ok(path.path),
            other => {
                let text = format!("`{name}` takes a path; write `{name} = {example}`");
                Err(Error::new(other.span(), text))
            }
        }
    }

    /// Nobody knows this option.
    pub(crate) fn unknown(&self, of: &str, known: &[&str]) -> Error {
        let known = known.join("`, `");
        let text = format!("unknown option `{}`; {of} takes `{known}`", self.name);
        Error::new(self.name.span(), text)
    }
}

/// Errors that do not hinder one another: all are told.
#[derive(Default)]
pub(crate) struct Errors(Option<Error>);

impl Errors {
    pub(crate) fn push(&mut self, error: Error) {
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// Keeps the error, if it is one.
    pub(crate) fn note<T>(&mut self, result: Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// What nothing can be written without; where it is missing, an error was noted that says why.
    pub(crate) fn need<T>(&mut self, value: Option<T>) -> Result<T> {
        value.ok_or_else(|| {
            let noted = self.0.take();
            noted.unwrap_or_else(|| Error::new(Span::call_site(), "this cannot be read"))
        })
    }

    pub(crate) fn finish<T>(self, value: T) -> Result<T> {
        match self.0 {
            Some(errors) => Err(errors),
            None => Ok(value),
        }
    }
}

/// Where `events-core` is, by the one option that this attribute has.
pub(crate) fn core_alone(options: Option<Options>, of: &str, errors: &mut Errors) -> Path {
    let mut core = Once::default();
    for option in options.into_iter().flat_map(|Options(written)| written) {
        let name = option.name.clone();
        let set = match name.to_string().as_str() {
            "crate" => option
                .path("my_framework::events")
                .and_then(|path| core.set(&name, path)),
            _ => Err(option.unknown(of, &["crate"])),
        };
        errors.note(set);
    }
    core_path(core.get())
}

/// Where `events-core` is: what `crate = ..` says, or its own name.
pub(crate) fn core_path(path: Option<Path>) -> Path {
    let Some(mut path) = path else {
        let mut path = Path::from(Ident::new("events_core", Span::call_site()));
        path.leading_colon = Some(<Token![::]>::default());
        return path;
    };
    // The names after it are ours, so no lint shall find the whole longer than it need be. What a
    // macro means by `$crate`, only its own token says.
    for segment in &mut path.segments {
        if segment.ident != "$crate" {
            segment.ident.set_span(at(segment.ident.span()));
        }
    }
    path
}
