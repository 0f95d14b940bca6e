//! The model of `#[events_testing::test]`. Every error of the attribute is created here.

use proc_macro2::TokenStream;
use syn::{Attribute, Path, Result, Signature, Type, Visibility, parse_quote};

use crate::syntax::{
    body::{Body, nameable_return_type, split_body},
    errors::Errors,
    function::Function,
    options::{Options, SetOnce},
};

/// A test with a mock.
pub(crate) struct Test {
    pub(crate) testing: Path,
    pub(crate) empty: bool,
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) signature: Signature,
    pub(crate) body: Body,
    /// Whether another attribute makes it a test, and runs it if it is async.
    pub(crate) has_test_attribute: bool,
    /// The return type as an expression may name it: see [`nameable_return_type`].
    pub(crate) return_type: Option<Type>,
}

const OPTIONS: &[&str] = &["empty", "crate"];
const NOT_A_FUNCTION: &str =
    "`#[events_testing::test]` belongs on a function, which it makes a test; move it there";
const NO_BODY: &str = "a test has a body; write `{ .. }`";

impl Test {
    pub(crate) fn parse(options: TokenStream, item: TokenStream) -> Result<Self> {
        let mut errors = Errors::default();
        let (mut testing, mut empty) = (SetOnce::default(), SetOnce::default());
        let options = errors.record(Options::parse_tokens(options));
        for option in options.into_iter().flat_map(|Options(raw)| raw) {
            let name = option.name.clone();
            let set = match name.to_string().as_str() {
                "empty" => option.expect_flag().and_then(|()| empty.set(&name, ())),
                "crate" => option
                    .into_path("my_framework::testing")
                    .and_then(|path| testing.set(&name, path)),
                _ => Err(option.unknown("`#[events_testing::test]`", OPTIONS)),
            };
            errors.record(set);
        }
        let function = errors.record(Function::parse(item.clone(), NOT_A_FUNCTION));
        let parts = function.and_then(|function| {
            let (_, body) = errors.record(split_body(item, &function.signature, NO_BODY))?;
            Some((function, body))
        });
        let (function, body) = errors.require(parts)?;
        let Function {
            attrs,
            vis,
            signature,
        } = function;
        errors.finish(Self {
            testing: testing
                .into_value()
                .unwrap_or_else(|| parse_quote!(::events_testing)),
            empty: empty.is_set(),
            has_test_attribute: attrs.iter().any(is_test_attribute),
            attrs,
            vis,
            return_type: nameable_return_type(&signature),
            signature,
            body,
        })
    }
}

/// Whether an attribute makes a function a test: `#[test]`, `#[tokio::test]`, `#[rstest]`,
/// `#[test_case(..)]`, `#[wasm_bindgen_test]`.
fn is_test_attribute(attr: &Attribute) -> bool {
    let last = attr.path().segments.last();
    last.is_some_and(|last| last.ident.to_string().contains("test"))
}
