//! Payments: one subscriber, and the ledger that it writes to.

use std::{
    collections::BTreeMap,
    error::Error,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use events_core::{Event, State, subscriber};
use orders::{Cents, OrderPaid, OrderPlaced};

/// Charges the customer, and emits [`OrderPaid`].
#[subscriber]
fn charge(order: &OrderPlaced, ledger: State<'_, Ledger>) -> Result<(), PaidAlready> {
    let amount = order.total();
    ledger.book(&order.id, amount)?;
    OrderPaid { order, amount }.emit();
    Ok(())
}

/// The payments by order. Clones share the same ledger, so that the app can keep one.
#[derive(Clone, Debug, Default)]
pub struct Ledger(Arc<Mutex<BTreeMap<String, Cents>>>);

impl Ledger {
    /// The number of paid orders.
    #[must_use]
    pub fn orders(&self) -> usize {
        self.payments().len()
    }

    /// The sum of all payments.
    #[must_use]
    pub fn revenue(&self) -> Cents {
        self.payments().values().copied().sum()
    }

    /// Books a payment.
    ///
    /// # Errors
    ///
    /// When the order was paid before; nothing is booked then.
    pub fn book(&self, order: &str, amount: Cents) -> Result<(), PaidAlready> {
        let mut payments = self.payments();
        if payments.contains_key(order) {
            return Err(PaidAlready(order.to_owned()));
        }
        payments.insert(order.to_owned(), amount);
        Ok(())
    }

    fn payments(&self) -> MutexGuard<'_, BTreeMap<String, Cents>> {
        // Each change is one insert, so a panic cannot leave a partial change behind.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An order that is charged a second time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaidAlready(String);

impl fmt::Display for PaidAlready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "order {} is paid already", self.0)
    }
}

impl Error for PaidAlready {}

#[cfg(test)]
mod tests {
    use events_core::{Registry, subscribers};
    use orders::Country;

    use super::*;

    fn order() -> OrderPlaced {
        OrderPlaced::builder()
            .id("A-1")
            .customer("Ada")
            .country(Country::Germany)
            .item("Lamp")
            .price(Cents(1_990))
            .postage(Cents(490))
            .grams(800)
            .build()
    }

    #[test]
    fn a_subscriber_can_be_called_as_a_function() {
        let ledger = Ledger::default();
        assert_eq!(charge(&order(), State::from(&ledger)), Ok(()));
        assert_eq!(ledger.revenue(), Cents(2_480));
    }

    #[events_testing::test]
    fn a_successful_charge_emits_one_payment() {
        let events = events_testing::current();
        let paid = events.expect::<OrderPaid<'_>>().times(1);
        paid.matching_borrowed(|paid| paid.order.id == "A-1" && paid.amount == Cents(2_480));

        let ledger = Ledger::default();
        assert_eq!(charge(&order(), State::from(&ledger)), Ok(()));
        assert!(charge(&order(), State::from(&ledger)).is_err());
    }

    #[test]
    fn an_order_is_not_charged_twice() {
        let ledger = Ledger::default();
        let registry = Registry::new();
        registry
            .scanner()
            .state(ledger.clone())
            .subscribers(subscribers![charge])
            .run();

        assert!(registry.try_emit(order()).is_ok());
        let error = registry.try_emit(order()).expect_err("charged twice");
        let errors: Vec<_> = error
            .failures()
            .iter()
            .filter_map(|failure| Some(failure.error()?.to_string()))
            .collect();
        assert_eq!(errors, ["order A-1 is paid already"]);
        assert_eq!((ledger.orders(), ledger.revenue()), (1, Cents(2_480)));
    }
}
