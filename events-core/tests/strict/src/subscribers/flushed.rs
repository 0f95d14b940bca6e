//! Functions with `#[flush_queue]`, which flushes the queue when they return.

use std::{
    fmt::Display,
    future::ready,
    sync::atomic::{AtomicU32, Ordering},
};

use events_core::{Event, flush_queue, subscriber};

/// Work for a subscriber.
#[derive(Event, Debug, Clone)]
pub struct Job {
    /// The amount of work.
    pub amount: u32,
}

/// The amount of work that was done.
pub static DONE: AtomicU32 = AtomicU32::new(0);

#[subscriber]
fn work(event: &Job) {
    DONE.fetch_add(event.amount, Ordering::Relaxed);
}

/// Declares an item before its first statement.
///
/// # Errors
///
/// When the text is no number.
#[flush_queue]
pub fn parsed(amount: &str) -> Result<u32, Box<dyn std::error::Error>> {
    const MORE: u32 = 1;
    let amount = amount.parse::<u32>()? + MORE;
    Job::builder().amount(amount).enqueue()?;
    if amount > 9 {
        return Ok(9);
    }
    Ok(amount)
}

/// Has methods.
#[derive(Debug, Default)]
pub struct Office {
    count: u32,
}

impl Office {
    /// Returns a borrow.
    #[flush_queue]
    pub fn counted<T: Display + ?Sized>(&mut self, what: &T) -> &mut u32 {
        #![allow(clippy::needless_return)]
        self.count += 1;
        let amount = what.to_string().len();
        let _ = Job {
            amount: u32::try_from(amount).unwrap_or(0),
        }
        .enqueue();
        return &mut self.count;
    }

    /// Awaits.
    ///
    /// # Errors
    ///
    /// When nothing was counted.
    #[flush_queue]
    pub async fn reported(
        &mut self,
        mut extra: u32,
    ) -> Result<&mut u32, Box<dyn std::error::Error>> {
        const MORE: u32 = 1;
        if self.count == 0 {
            Err("nothing was counted")?;
        }
        extra += MORE;
        ready(extra).await;
        let _ = Job::builder().amount(extra).build().emit_async().await;
        if extra > 100 {
            return Err("too much".into());
        }
        Ok(&mut self.count)
    }
}

/// Returns an `impl Trait`.
#[flush_queue]
pub async fn shown(what: impl Display) -> Option<impl Display> {
    ready(what.to_string()).await.into()
}

/// Never returns.
#[flush_queue]
pub async fn forever() -> ! {
    loop {
        ready(()).await;
    }
}

/// Has an empty body.
#[flush_queue]
pub async fn nothing(_: &Job) {}
