//! The events of the records of a durable model: those after a write. The payload has the record, and that of an update also the old
//! one, of which the difference is computed again when it is read.

use events_core::record::{Created, Deleted, Diff, Updated};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Error, Value};

use super::{
    codec::Codec,
    durable_event::{DurableEvent, Secret, redact, remove_skipped},
};

/// A model whose records are written with durable events; implemented by `#[observed(durable = "shop.user")]` of `events-seaorm`.
#[doc(hidden)]
pub trait DurableModel: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    /// The form of the payloads.
    type Codec: Codec;

    /// The version of the payloads.
    const VERSION: i32;

    /// The topics of the events after a record was created, updated and deleted.
    const TOPICS: [&'static str; 3];

    /// The fields of a record that are secret.
    const SECRETS: &'static [Secret];

    /// Those that are stored, and shown in no list.
    const HIDDEN: &'static [&'static str];

    /// The key of the record.
    fn durable_key(&self) -> Option<String>;

    /// The record before the changes.
    #[must_use]
    fn before(&self, changes: &Diff) -> Self;

    /// The fields that differ.
    fn diff(old: &Self, new: &Self) -> Diff;
}

/// A payload with these records, without the fields that are not stored.
fn write<M: DurableModel>(records: &[(&str, &M)]) -> Result<Value, Error> {
    let records = records.iter().map(|(name, record)| {
        let mut record = serde_json::to_value(record)?;
        remove_skipped(&mut record, M::SECRETS);
        Ok(((*name).to_owned(), record))
    });
    Ok(Value::Object(records.collect::<Result<_, Error>>()?))
}

/// A record of a payload.
fn read<M: DurableModel>(payload: &mut Value, name: &str) -> Result<M, Error> {
    let record = payload.get_mut(name).map(Value::take);
    serde_json::from_value(record.unwrap_or_default())
}

/// The records of a payload.
fn records(payload: &mut Value) -> impl Iterator<Item = &mut Value> {
    let fields = payload.as_object_mut().into_iter().flatten();
    fields.map(|(_, record)| record)
}

fn redact_records<M: DurableModel>(payload: &mut Value) {
    for record in records(payload) {
        redact(record, M::SECRETS);
        if let Value::Object(fields) = record {
            fields.retain(|key, _| !M::HIDDEN.contains(&&**key));
        }
    }
}

macro_rules! durable_record_event {
    ($event:ident, $topic:literal, |$this:ident| $records:expr, |$payload:ident| $read:expr) => {
        impl<M: DurableModel> DurableEvent for $event<M> {
            type Codec = M::Codec;
            const VERSION: i32 = M::VERSION;
            const SECRETS: &'static [Secret] = &[];
            const REFUSES_COMMIT: bool = true;

            fn stored_topic() -> &'static str {
                M::TOPICS[$topic]
            }

            fn durable_key(&self) -> Option<String> {
                self.record.durable_key()
            }

            fn write_payload(&self) -> Result<Value, Error> {
                let $this = self;
                write(&$records)
            }

            fn read_payload(mut $payload: Value) -> Result<Self, Error> {
                Ok($read)
            }

            fn redact_payload(payload: &mut Value) {
                redact_records::<M>(payload);
            }
        }
    };
}

durable_record_event!(Created, 0, |event| [("record", &event.record)], |payload| {
    Created::new(read(&mut payload, "record")?)
});
durable_record_event!(
    Updated,
    1,
    |event| [
        ("old", &event.record.before(&event.diff)),
        ("record", &event.record)
    ],
    |payload| {
        let record = read(&mut payload, "record")?;
        let diff = M::diff(&read(&mut payload, "old")?, &record);
        Updated::new(record, diff)
    }
);
durable_record_event!(Deleted, 2, |event| [("record", &event.record)], |payload| {
    Deleted::new(read(&mut payload, "record")?)
});
