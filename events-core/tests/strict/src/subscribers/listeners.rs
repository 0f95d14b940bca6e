//! Listeners with every option and every signature, created by the scan and added at run time.

use std::{
    ops::ControlFlow,
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use events_core::{Emission, Event, State, listener};

use crate::subscribers::handlers::{Ledger, TooMuch};

/// A parcel was sent.
#[derive(Event, Debug, Clone)]
pub struct Sent {
    /// The weight.
    pub grams: u32,
    /// What the listeners did, in order.
    #[event(default)]
    pub log: Vec<&'static str>,
}

/// Created by the scan.
#[derive(Debug, Default)]
pub struct Scale {
    total: AtomicU32,
}

#[listener]
impl Scale {
    /// The heaviest parcel.
    pub const LIMIT: u32 = 30_000;

    #[on(priority = 10, when = |event: &Sent| event.grams <= Self::LIMIT, before = Self::charge)]
    fn weigh(&self, event: &mut Sent) {
        self.total.fetch_add(event.grams, Ordering::Relaxed);
        event.log.push("weigh");
    }

    /// Charges for the parcel.
    #[on(once)]
    pub(crate) fn charge(
        &self,
        event: &mut Sent,
        ledger: State<'_, Ledger>,
        emission: &Emission,
    ) -> Result<(), TooMuch> {
        assert_eq!(emission.topic(), Sent::topic());
        ledger.0.fetch_add(self.total(), Ordering::Relaxed);
        event.log.push("charge");
        if event.grams > Self::LIMIT {
            Err(TooMuch)
        } else {
            Ok(())
        }
    }

    #[on(origin = "till", after = [Scale::weigh, Scale::charge])]
    fn till(&self, event: &mut Sent) -> ControlFlow<()> {
        event.log.push("till");
        if self.total() == 0 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    #[cfg(any())]
    #[on]
    fn never(&self, event: &Sent) {}

    fn total(&self) -> u32 {
        self.total.load(Ordering::Relaxed)
    }
}

/// Added at run time.
#[derive(Debug)]
pub struct Branch {
    name: &'static str,
    log: Mutex<Vec<u32>>,
}

impl Branch {
    /// Opens a branch.
    #[must_use]
    pub fn open(name: &'static str) -> Self {
        let log = Mutex::default();
        Self { name, log }
    }
}

#[listener]
impl Branch {
    #[on]
    fn stamp(&self, event: &mut Sent) {
        event.log.push(self.name);
    }

    #[on]
    async fn register(&self, event: &Sent, ledger: State<'_, Ledger>) -> Result<(), String> {
        std::future::ready(()).await;
        let mut log = self.log.lock().map_err(|error| error.to_string())?;
        log.push(event.grams + ledger.0.load(Ordering::Relaxed));
        Ok(())
    }

    #[on(deferred, concurrency = 1, once, when = |event: &Sent| event.grams > 1)]
    fn report(&self, _: &Sent, _: &Emission) {
        assert!(!self.name.is_empty());
    }

    #[on(deferred, origin = "till")]
    async fn both<'a>(&'a self, event: &'a Sent) {
        std::future::ready((self, event)).await;
    }
}

/// Methods and parameters that have names of generated code.
mod names {
    use events_core::{Emission, State, listener};

    use super::Sent;

    #[derive(Debug, Default)]
    pub(crate) struct Of<T>(T);

    #[listener]
    impl Of<u8> {
        #[on(when = |run| run.grams != u32::from(Self(0).0))]
        fn listener(&self, event: &Sent, installer: State<'_, u8>) {
            self.event(event);
            let _ = *installer;
        }

        #[on(deferred)]
        fn event(&self, listener: &Sent) {
            let _ = (self.0, listener);
        }

        #[on]
        fn r#type(&self, call: &Sent, run: &Emission) {
            let _ = (self, call, run);
        }
    }
}
