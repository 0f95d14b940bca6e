//! Section 12: failures as reporters receive them, and what stands around calls and emits.

mod failure_context;
mod middleware;
mod middleware_async;
mod middleware_pending;
mod on_failure;
mod together;
mod unwrapped;
mod wrap_emit;
mod wrap_emit_nested;
mod wrap_emit_pending;

/// Pending once.
pub(crate) async fn yield_once() {
    let mut is_first = true;
    std::future::poll_fn(|context| {
        if std::mem::take(&mut is_first) {
            context.waker().wake_by_ref();
            return std::task::Poll::Pending;
        }
        std::task::Poll::Ready(())
    })
    .await;
}
