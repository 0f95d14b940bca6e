//! Written by a macro, for this:
//!
//! ```
//! #[flush_queue]
//! pub async fn upload(file: &File) -> Result<impl Display, Error> {
//!     let bytes = file.read().await?;
//!     Ok(bytes.len())
//! }
//! ```

pub async fn upload(file: &File) -> Result<impl Display, Error> {
    ::events_core::__private::flush_after_async(async move {
            if let ::core::option::Option::Some(returned) = ::events_core::__private::returned::<
                Result<_, Error>,
            >() {
                return returned;
            }
            let bytes = file.read().await?;
            Ok(bytes.len())
        })
        .await
}
