//! SQLite has no notifications.

use std::convert::Infallible;

use sqlx::{Pool, Sqlite};

use crate::store::{
    error::StoreError,
    wake::{Listener, Wake},
};

impl Wake for Sqlite {
    type Listener = Infallible;

    async fn notify(_: &Pool<Self>) -> Result<(), StoreError> {
        Ok(())
    }

    async fn listen(_: &Pool<Self>) -> Result<Option<Infallible>, StoreError> {
        Ok(None)
    }
}

impl Listener for Infallible {
    async fn notified(&mut self) -> Result<(), StoreError> {
        match *self {}
    }
}
