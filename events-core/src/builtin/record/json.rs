//! The events of records as JSON: how the record of a model is shown, and the diff beside it.

use std::{
    any::{Any, TypeId, type_name},
    sync::OnceLock,
};

use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::diff::{Change, Diff};
use crate::{
    event::json::value,
    primitives::{TypeMap, catch_record},
};

/// How the record of a model is shown in the JSON of its events, for [`register_json`]: by default as the `Serialize` of the
/// model writes it.
///
/// The options name keys of that JSON. If the `Serialize` of the model does not write the key of a field that is hidden, the
/// whole record is shown as `[redacted]`, with a warning: the value may be there under another key.
///
/// ```
/// use events_core::record::{JsonFields, register_json};
/// use serde::Serialize;
///
/// #[derive(Serialize)]
/// #[serde(rename_all = "camelCase")]
/// struct Account {
///     owner_name: String,
///     pin: u32,
///     cache: Vec<u8>,
/// }
///
/// let fields = JsonFields::new().key("owner_name", "ownerName").secret("pin").skip("cache");
/// register_json::<Account>(fields);
/// ```
#[derive(Clone, Debug, Default)]
pub struct JsonFields {
    fields: Vec<Field>,
}

#[derive(Clone, Debug)]
struct Field {
    /// The key in the JSON of the record.
    key: &'static str,
    /// The name in a diff.
    name: &'static str,
    shown: Shown,
    is_optional: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    Value,
    Redacted,
    Nothing,
}

impl JsonFields {
    /// All fields, as the `Serialize` of the model writes them.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// `[redacted]` in place of the value of this key, in the record and in the diff.
    #[must_use]
    pub fn secret(self, key: &'static str) -> Self {
        self.with(key, |field| field.shown = Shown::Redacted)
    }

    /// Leaves this key out, in the record and in the diff.
    #[must_use]
    pub fn skip(self, key: &'static str) -> Self {
        self.with(key, |field| field.shown = Shown::Nothing)
    }

    /// The key of a field that has another name in a diff.
    #[must_use]
    pub fn key(self, name: &'static str, key: &'static str) -> Self {
        self.with(key, |field| field.name = name)
    }

    /// The `Serialize` of the model does not always write this key, as with `skip_serializing_if`.
    #[must_use]
    pub fn optional(self, key: &'static str) -> Self {
        self.with(key, |field| field.is_optional = true)
    }

    fn with(mut self, key: &'static str, change: impl FnOnce(&mut Field)) -> Self {
        let index = self.fields.iter().position(|field| field.key == key);
        let index = index.unwrap_or_else(|| {
            self.fields.push(Field {
                key,
                name: key,
                shown: Shown::Value,
                is_optional: false,
            });
            self.fields.len() - 1
        });
        change(&mut self.fields[index]);
        self
    }

    /// The record without what is hidden. The error is the key of a hidden field that is not found.
    fn redact(&self, record: Json) -> Result<Json, &'static str> {
        let hidden = |field: &&Field| field.shown != Shown::Value;
        let Json::Object(mut object) = record else {
            let hidden = self.fields.iter().find(hidden);
            return hidden.map_or(Ok(record), |field| Err(field.key));
        };
        for field in self.fields.iter().filter(hidden) {
            let Some(value) = object.get_mut(field.key) else {
                if field.is_optional {
                    continue;
                }
                return Err(field.key);
            };
            *value = redacted();
        }
        object.retain(|key, _| {
            let field = self.fields.iter().find(|field| field.key == key);
            field.is_none_or(|field| field.shown != Shown::Nothing)
        });
        Ok(Json::Object(object))
    }

    /// The changes, with the keys of the record.
    fn diff(&self, diff: &Diff, record: &Json) -> Json {
        let shown = |change: &Change| {
            let field = self.fields.iter().find(|field| field.name == change.name());
            let key = field.map_or(change.name(), |field| field.key);
            let is_known =
                field.is_some_and(|field| field.is_optional) || record.get(key).is_some();
            let value = match field.map_or(Shown::Value, |field| field.shown) {
                Shown::Nothing => return None,
                Shown::Value if is_known => change.json().unwrap_or_else(redacted),
                Shown::Value | Shown::Redacted => redacted(),
            };
            Some((key.to_owned(), value))
        };
        Json::Object(diff.changes().iter().filter_map(shown).collect())
    }
}

fn redacted() -> Json {
    Json::from("[redacted]")
}

/// A model whose events have JSON.
struct JsonModel {
    name: &'static str,
    record: fn(&dyn Any) -> Option<Json>,
    fields: JsonFields,
}

/// The registered models. There is at most one for each type in the source of the program.
static JSON_MODELS: TypeMap<OnceLock<JsonModel>, 64> = TypeMap::new();

/// Registers how the six events of a model are shown as JSON, by [`to_json`](trait@crate::AnyEvent#method.to_json): an object with
/// the `record`, and with the `diff` of an update, which has the old and the new value of each change.
///
/// Without it, an event of a record has no JSON. The first call for a model counts. In the diff a change is `[redacted]` if
/// it is [`secret`](Diff::secret), or if the record has no such key. A secret of an event that is a field of the record is not
/// known: name its key as [`secret`](JsonFields::secret). This needs the cargo feature `serde` of `events-core`.
///
/// ```
/// use events_core::{AnyEvent, Registry, record::{Diff, JsonFields, Updated, register_json}};
/// use serde::Serialize;
///
/// #[derive(Serialize)]
/// struct Customer {
///     name: &'static str,
///     password: &'static str,
/// }
///
/// register_json::<Customer>(JsonFields::new().secret("password")); // first in `main`
///
/// let registry = Registry::new();
/// let audit = |event: &dyn AnyEvent| {
///     let json = event.to_json().expect("it is registered").to_string();
///     assert_eq!(
///         json,
///         r#"{"diff":{"name":{"new":"Eve","old":"Ada"}},"record":{"name":"Eve","password":"[redacted]"}}"#
///     );
/// };
/// registry.on_topic("events::db::.*::updated", audit)?.detach();
/// let diff = Diff::new().field("name", "Ada", "Eve");
/// assert_eq!(registry.try_emit(Updated::new(Customer { name: "Eve", password: "12345" }, diff)).unwrap().ran(), 1);
/// # Ok::<(), events_core::subscribing::PatternError>(())
/// ```
pub fn register_json<M: Serialize + 'static>(fields: JsonFields) {
    let model = JSON_MODELS.get_or_insert(TypeId::of::<M>(), OnceLock::new);
    model.get_or_init(|| JsonModel {
        name: type_name::<M>(),
        record: |record| value::<M>(record.downcast_ref()?),
        fields,
    });
}

/// An event with these fields as JSON: the record, and the diff of an update.
pub(super) fn of_event(fields: &[&dyn Any]) -> Option<Json> {
    let (record, rest) = fields.split_first()?;
    let model = JSON_MODELS.get((**record).type_id())?.get()?;
    let record = model.fields.redact((model.record)(*record)?);
    let record = record.unwrap_or_else(|key| {
        warn(model.name, key);
        redacted()
    });
    let mut event = Map::new();
    if let Some(diff) = rest.first().and_then(|diff| diff.downcast_ref()) {
        let diff = model.fields.diff(diff, &record);
        event.insert("diff".to_owned(), diff);
    }
    event.insert("record".to_owned(), record);
    Some(Json::Object(event))
}

#[cold]
fn warn(model: &'static str, key: &'static str) {
    catch_record(|| {
        tracing::warn!(
            target: "events_core",
            model,
            key,
            "the record is shown as `[redacted]`: the `Serialize` of its model does not write the key of a field that is \
             hidden; name the key that it writes, or state that the field is optional",
        );
    });
}
