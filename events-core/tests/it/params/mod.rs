//! Section 13: parameters of other crates, and values that an emitter gives with an emit.

#![allow(
    clippy::needless_pass_by_value,
    reason = "a parameter is passed by value"
)]

mod failures;
mod in_unit;
mod kinds;
mod unit;
mod values;

use std::sync::{Arc, Mutex};

use events_core::{
    failures::BoxError,
    handlers::{CallContext, Param, Prepare, PrepareError},
};

/// The statements of a transaction, as a shared value that one subscriber at a time takes out.
#[derive(Clone, Default)]
struct Connection(Arc<Mutex<Option<Vec<String>>>>);

impl Connection {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(Some(Vec::new()))))
    }

    fn statements(&self) -> Vec<String> {
        let statements = self.0.lock().expect("the lock is not poisoned").clone();
        statements.expect("no subscriber has it")
    }
}

/// The transaction of the emitter, as a parameter.
struct Tx<'t>(&'t mut Vec<String>);

impl Tx<'_> {
    fn run(&mut self, statement: impl Into<String>) {
        self.0.push(statement.into());
    }
}

/// The statements while a subscriber has them, which go back in the end. It is `Send`, unlike a guard of a lock.
struct Taken<'c> {
    statements: Vec<String>,
    connection: &'c Connection,
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        let mut connection = self.connection.0.lock().expect("the lock is not poisoned");
        *connection = Some(std::mem::take(&mut self.statements));
    }
}

impl Param for Tx<'_> {
    type Kept = ();
    type Held<'c> = Taken<'c>;
    type Item<'i> = Tx<'i>;

    fn prepare(_: &Prepare<'_>) -> Result<(), PrepareError> {
        Ok(())
    }

    fn acquire<'c>((): &'c (), call: &'c CallContext<'c>) -> Result<Taken<'c>, BoxError> {
        let connection = call.require::<Connection>()?;
        let mut statements = connection.0.lock().expect("the lock is not poisoned");
        let statements = statements.take().ok_or("the transaction is in use")?;
        Ok(Taken {
            statements,
            connection,
        })
    }

    fn item<'i, 'c: 'i>(held: &'i mut Taken<'c>) -> Tx<'i> {
        Tx(&mut held.statements)
    }
}
