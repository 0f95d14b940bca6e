//! What the derive is given, validated: every compile error of it is created here.

use syn::{
    Attribute, Data, DeriveInput, Error, Field as FieldSyntax, Fields, Ident, Result, Token,
    ext::IdentExt, parenthesized, token,
};

use crate::{
    durable::{Decision, Durable, FieldOptions, is_own},
    serde_attributes::{SerdeField, SerdeType},
};

/// A model whose writes emit events.
pub(crate) struct Model {
    pub(crate) ident: Ident,
    /// The fields that are compared.
    pub(crate) fields: Vec<Field>,
    /// The names of the fields that are columns.
    pub(crate) columns: Vec<String>,
    /// The fields that are not shown in JSON as they are in a diff.
    pub(crate) json: Vec<JsonField>,
    /// How its events are stored, if they are.
    pub(crate) durable: Option<Durable>,
    /// What is wrong with its options. The derive expands all the same, so that what it implements is not reported as missing.
    pub(crate) error: Option<Error>,
}

/// A column that is compared.
pub(crate) struct Field {
    pub(crate) ident: Ident,
    pub(crate) is_secret: bool,
}

/// A field in JSON: its key, and whether its value is shown.
pub(crate) struct JsonField {
    pub(crate) name: String,
    pub(crate) key: String,
    pub(crate) is_secret: bool,
    pub(crate) is_skipped: bool,
    /// The `Serialize` of the model may leave it out.
    pub(crate) is_optional: bool,
}

impl Model {
    /// `None` for `ModelEx`, to which `#[sea_orm::model]` copies the derives: that of `Model` is enough.
    pub(crate) fn parse(input: &DeriveInput) -> Result<Option<Self>> {
        if input.ident == "ModelEx" {
            return Ok(None);
        }
        let misplaced = || {
            let text =
                "`Observed` is derived by the struct `Model` of an entity, which has named fields";
            Error::new(input.ident.span(), text)
        };
        if input.ident != "Model" {
            return Err(misplaced());
        }
        let Data::Struct(data) = &input.data else {
            return Err(misplaced());
        };
        let Fields::Named(named) = &data.fields else {
            return Err(misplaced());
        };
        let mut model = Self {
            ident: input.ident.clone(),
            fields: Vec::new(),
            columns: Vec::new(),
            json: Vec::new(),
            durable: None,
            error: None,
        };
        let mut durable = Durable::parse(&input.attrs).unwrap_or_else(|error| {
            model.report(error);
            None
        });
        let of_type = SerdeType::new(&input.attrs);
        for field in &named.named {
            model.add(field, &of_type, durable.as_mut());
        }
        if let Some(durable) = &durable
            && let Err(error) = durable.check_key(&model.ident)
        {
            model.report(error);
        }
        model.durable = durable.filter(|_| model.error.is_none());
        Ok(Some(model))
    }

    fn report(&mut self, error: Error) {
        match &mut self.error {
            Some(first) => first.combine(error),
            None => self.error = Some(error),
        }
    }

    fn add(&mut self, field: &FieldSyntax, of_type: &SerdeType, durable: Option<&mut Durable>) {
        let mut options = Options::default();
        if let Err(error) = options.parse(&field.attrs) {
            self.report(error);
        }
        let Some(ident) = field.ident.clone() else {
            return; // of a struct with named fields, each has one
        };
        let name = ident.unraw().to_string();
        let json = json_field(&name, field, &options, of_type);
        let stored = match durable {
            Some(durable) => {
                let key = json.as_ref().map_or(&name, |json| &json.key);
                let serde = SerdeField::new(&field.attrs);
                let whole = serde.whole.as_ref().or(of_type.whole.as_ref());
                durable.add(
                    &ident,
                    field,
                    &options.of_field,
                    key,
                    whole.filter(|(_, name)| name != "tag"),
                )
            }
            None => options.of_field.check_not_durable(),
        };
        if let Err(error) = stored {
            self.report(error);
        }
        self.json.extend(json);
        if options.is_ignored {
            return;
        }
        self.columns.push(name);
        if !options.of_field.is_skipped {
            let is_secret = options.of_field.is_secret;
            self.fields.push(Field { ident, is_secret });
        }
    }
}

/// How a field is shown in JSON, unless that is by its name and as it is. A field that serde skips is shown as a secret: its value is not
/// in the record, and so not in the diff.
fn json_field(
    name: &str,
    field: &FieldSyntax,
    options: &Options,
    of_type: &SerdeType,
) -> Option<JsonField> {
    let serde = SerdeField::new(&field.attrs);
    let field = JsonField {
        name: name.to_owned(),
        key: serde.key(name, of_type),
        is_secret: options.of_field.is_secret || serde.skip && !options.of_field.is_skipped,
        is_skipped: options.of_field.is_skipped,
        is_optional: serde.skip || serde.skip_if.is_some(),
    };
    let is_plain = field.key == name && !field.is_secret && !field.is_skipped;
    (!is_plain || field.is_optional).then_some(field)
}

/// The options of a field.
#[derive(Default)]
struct Options {
    of_field: FieldOptions,
    is_ignored: bool,
}

impl Options {
    fn parse(&mut self, attributes: &[Attribute]) -> Result<()> {
        for attribute in attributes {
            if attribute.path().is_ident("sea_orm") {
                self.is_ignored |= has_option(attribute, "ignore");
                self.of_field.is_primary_key |= has_option(attribute, "primary_key");
            }
        }
        let mut own = attributes.iter().filter(|attribute| is_own(attribute));
        own.try_for_each(|attribute| self.parse_own(attribute))
    }

    fn parse_own(&mut self, attribute: &Attribute) -> Result<()> {
        attribute.parse_nested_meta(|meta| {
            let option = match meta.path.get_ident() {
                Some(ident) if ident == "secret" => &mut self.of_field.is_secret,
                Some(ident) if ident == "skip" => &mut self.of_field.is_skipped,
                _ => {
                    return Err(meta.error(
                        "unknown option; `secret` shows `[redacted]` in place of the values, in diffs and in JSON, and `skip` leaves the \
                         field out of both",
                    ));
                }
            };
            if std::mem::replace(option, true) {
                return Err(meta.error("this option is given twice; remove one"));
            }
            if meta.path.is_ident("secret") && meta.input.peek(token::Paren) {
                self.of_field.decision = Some(Decision::parse(&meta)?);
            }
            Ok(())
        })?;
        if self.of_field.is_secret && self.of_field.is_skipped {
            let text = "a field that is left out of diffs is not shown; remove `secret` or `skip`";
            return Err(Error::new_spanned(attribute, text));
        }
        Ok(())
    }
}

/// Whether an attribute of SeaORM has this option. Its own errors are those of its derive.
fn has_option(attribute: &Attribute, option: &str) -> bool {
    let mut is_found = false;
    let _ = attribute.parse_nested_meta(|meta| {
        is_found |= meta.path.is_ident(option);
        if meta.input.peek(Token![=]) {
            let _: syn::Expr = meta.value()?.parse()?;
        } else if meta.input.peek(token::Paren) {
            let content;
            parenthesized!(content in meta.input);
            let _: proc_macro2::TokenStream = content.parse()?;
        }
        Ok(())
    });
    is_found
}
