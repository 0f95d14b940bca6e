//! Observers of records.

use events_core::{
    observer,
    record::{Created, Creating, Deleted, Updated},
};

/// A model.
#[derive(Debug, Clone)]
pub struct User {
    /// The name.
    pub name: String,
}

/// Created by the scan.
#[derive(Debug, Default)]
pub struct UserObserver;

#[observer(User)]
impl UserObserver {
    #[on(priority = 3, when = |event: &Creating<User>| !event.record.name.is_empty())]
    fn creating(&self, event: &mut Creating<User>) {
        let Self = self;
        event.record.name.make_ascii_lowercase();
    }

    async fn created(&self, event: &Created<User>) {
        std::future::ready((self, event)).await;
    }
}

mod private {
    use super::{Deleted, Updated, observer};

    #[derive(Debug, Clone)]
    pub(super) struct Setting;

    #[derive(Debug)]
    pub(super) struct Other(pub(super) u8);

    #[observer(Setting)]
    impl Other {
        #[on(deferred)]
        fn updated(&self, _: &Updated<Setting>) {
            let _ = self.0;
        }

        fn deleted(&self, _: &Deleted<Setting>) -> Result<(), String> {
            Err(self.0.to_string())
        }
    }
}

/// Whether an observer that is added at run time receives an event.
#[must_use]
pub fn added() -> bool {
    let _added = events_core::registry().add(private::Other(1));
    let record = private::Setting;
    events_core::registry()
        .try_emit(Deleted { record })
        .is_err()
}
