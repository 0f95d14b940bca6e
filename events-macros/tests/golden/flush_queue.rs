//! Written by a macro, for this:
//!
//! ```
//! #[flush_queue]
//! pub fn upload(bytes: &str) -> Result<u64, ParseIntError> {
//!     let bytes = bytes.parse()?;
//!     let _ = Uploaded { bytes }.enqueue();
//!     Ok(bytes)
//! }
//! ```

pub fn upload(bytes: &str) -> Result<u64, ParseIntError> {
    let _flush = ::events_core::__private::FlushOnDrop::new(|queue| {
        _ = ::events_core::Queue::flush(queue);
    });
    let bytes = bytes.parse()?;
    let _ = Uploaded { bytes }.enqueue();
    Ok(bytes)
}
