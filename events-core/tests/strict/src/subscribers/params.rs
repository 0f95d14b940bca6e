//! A parameter of this crate, on the public names alone.

use events_core::{
    Event,
    failures::BoxError,
    handlers::{CallContext, Param, Prepare, PrepareError},
    listener, subscriber,
};

/// An event.
#[derive(Event, Debug, Clone)]
pub struct Exported {
    /// A field.
    pub path: String,
}

/// A value that emitters give.
#[derive(Debug)]
pub struct Locale(pub &'static str);

/// Borrows the value.
#[derive(Clone, Copy, Debug)]
pub struct Text<'t>(pub &'t Locale);

impl Param for Text<'_> {
    type Kept = ();
    type Held<'c> = &'c Locale;
    type Item<'i> = Text<'i>;

    fn prepare(_: &Prepare<'_>) -> Result<(), PrepareError> {
        Ok(())
    }

    fn acquire<'c>((): &'c (), call: &'c CallContext<'c>) -> Result<&'c Locale, BoxError> {
        Ok(call.require()?)
    }

    fn item<'i, 'c: 'i>(held: &'i mut &'c Locale) -> Text<'i> {
        Text(held)
    }
}

/// A parameter that holds nothing.
#[derive(Clone, Copy, Debug)]
pub struct Checked;

impl Param for Checked {
    type Kept = ();
    type Held<'c> = ();
    type Item<'i> = Self;

    fn prepare(_: &Prepare<'_>) -> Result<(), PrepareError> {
        Ok(())
    }

    fn acquire<'c>((): &'c (), _: &'c CallContext<'c>) -> Result<(), BoxError> {
        Ok(())
    }

    fn item<'i, 'c: 'i>((): &'i mut Self::Held<'c>) -> Self {
        Self
    }
}

#[subscriber]
fn checked(event: &mut Exported, checked: Checked) {
    let Checked = checked;
    event.path.push('!');
}

#[subscriber]
async fn checked_later(event: &Exported, checked: Checked) {
    std::future::ready((event, checked)).await;
}

#[subscriber]
fn named(event: &mut Exported, text: Text<'_>) {
    event.path.push_str(text.0.0);
}

#[subscriber]
async fn sent(event: &Exported, text: Text<'_>) -> Result<(), String> {
    std::future::ready((event, text)).await;
    Ok(())
}

/// A listener.
#[derive(Debug, Default)]
pub struct Exports;

#[listener]
impl Exports {
    #[on]
    fn exported(&self, event: &Exported, text: Text<'_>) {
        let _ = (self, event, text);
    }
}
