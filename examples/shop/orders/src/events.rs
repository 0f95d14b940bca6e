//! The events of the shop.

use std::{error::Error, fmt, str::FromStr};

use events_core::Event;

use crate::Cents;

/// A customer placed an order.
///
/// Subscribers with a priority above 0 complete or refuse it; the others act on what is left.
#[derive(Event, Clone, Debug, PartialEq, Eq)]
pub struct OrderPlaced {
    /// The order's number, as the customer knows it.
    #[event(into)]
    pub id: String,
    /// Who ordered.
    #[event(into)]
    pub customer: String,
    /// Where the parcel goes.
    pub country: Country,
    /// What was ordered.
    #[event(into)]
    pub item: String,
    /// How many of it.
    #[event(default = 1)]
    pub quantity: u32,
    /// What one of it costs.
    pub price: Cents,
    /// What one of it weighs.
    pub grams: u32,
    /// Who carries the parcel; shipping says.
    pub carrier: Option<&'static str>,
    /// What the parcel costs; shipping says.
    #[event(default)]
    pub postage: Cents,
    /// Why the order is refused, when it is.
    #[event(into)]
    pub refusal: Option<String>,
}

impl OrderPlaced {
    /// What the goods cost, without postage.
    #[must_use]
    pub fn goods(&self) -> Cents {
        self.price * self.quantity
    }

    /// What the customer pays.
    #[must_use]
    pub fn total(&self) -> Cents {
        self.goods() + self.postage
    }

    /// What the parcel weighs, in grams.
    #[must_use]
    pub fn weight(&self) -> u64 {
        u64::from(self.grams) * u64::from(self.quantity)
    }
}

/// An order is paid, so its parcel may go.
#[derive(Event, Debug)]
pub struct OrderPaid<'a> {
    /// The order.
    pub order: &'a OrderPlaced,
    /// How much was paid.
    pub amount: Cents,
}

/// A parcel left the house.
#[derive(Event, Debug)]
pub struct ParcelSent<'a> {
    /// What is in it.
    pub order: &'a OrderPlaced,
    /// Who carries it.
    pub carrier: &'static str,
}

/// A country that the shop sells to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Country {
    /// At home.
    Germany,
    /// In the customs union.
    France,
    /// In the customs union.
    Netherlands,
    /// Outside of it.
    Norway,
    /// Outside of it.
    Switzerland,
}

/// Reads a country's code of two letters.
impl FromStr for Country {
    type Err = UnknownCountry;

    fn from_str(code: &str) -> Result<Self, UnknownCountry> {
        match code {
            "DE" => Ok(Self::Germany),
            "FR" => Ok(Self::France),
            "NL" => Ok(Self::Netherlands),
            "NO" => Ok(Self::Norway),
            "CH" => Ok(Self::Switzerland),
            _ => Err(UnknownCountry),
        }
    }
}

/// A code of no country that the shop sells to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownCountry;

impl fmt::Display for UnknownCountry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a country that the shop sells to")
    }
}

impl Error for UnknownCountry {}
