//! The spans of emits, and the log records of what no caller receives as a result, for `tracing`. Of the
//! event they contain only its topic and origin.

use std::{fmt, sync::Arc, time::Duration};

use tracing::{Level, debug, error, level_enabled, trace_span, warn};

use super::{catch_span::CatchSpan, current_job::is_run_of_job, emission::CallSite, failure_sink};
use crate::{
    metadata::{Origin, SubscriberInfo},
    primitives::{OptionBox, catch_record, one_line},
    result::{Cause, Failure, Failures, TooDeep},
};

/// Records failures, if there are any.
#[inline]
pub(crate) fn failures(failures: Failures) {
    #[cold]
    #[inline(never)]
    fn record(failures: Failures) {
        failures.for_each(failure);
    }
    if !failures.is_none() {
        record(failures);
    }
}

/// Records the failure of a subscriber, and passes it to the failure sink of this thread.
#[cold]
pub(crate) fn failure(failure: Failure) {
    catch_record(|| record(&failure));
    failure_sink::pass(&failure);
    drop(failure);
}

fn record(failure: &Failure) {
    let message = failure.cause().message();
    let subscriber = failure.subscriber();
    let attempt = Some(failure.attempt()).filter(|attempt| *attempt > 1);
    error!(
        target: "events_core",
        topic = &*one_line(failure.topic()),
        subscriber = %one_line(&subscriber.name),
        location = %subscriber.location,
        cause = %failure.cause(),
        attempt,
        backtrace = failure.panic().and_then(|panic| panic.backtrace()).map(tracing::field::display),
        "{}",
        if subscriber.is_middleware { "a middleware around an emission failed" } else { message },
    );
}

/// Records the failure of a subscriber after which its call is repeated, and passes it to the failure sink of this thread.
#[cold]
pub(crate) fn repeated(failure: &Failure, delay: Duration) {
    let subscriber = failure.subscriber();
    catch_record(|| {
        warn!(
            target: "events_core",
            topic = &*one_line(failure.topic()),
            subscriber = %one_line(&subscriber.name),
            location = %subscriber.location,
            cause = %failure.cause(),
            attempt = failure.attempt(),
            delay = ?delay,
            backtrace = failure.panic().and_then(|panic| panic.backtrace()).map(tracing::field::display),
            "a subscriber failed, and its call is repeated",
        );
    });
    failure_sink::pass(failure);
}

/// Records that a failed call of an event with that topic is not repeated, though it may be.
#[cold]
pub(crate) fn not_repeated(topic: &str, subscriber: &SubscriberInfo, cause: &Cause) {
    catch_record(|| {
        warn!(
            target: "events_core",
            topic = &*one_line(topic),
            subscriber = %one_line(&subscriber.name),
            location = %subscriber.location,
            %cause,
            "a failed call is not repeated, since its event could not be scheduled",
        );
    });
}

/// Records that an event which a unit of work has held does not go to the queue.
#[cold]
pub(crate) fn not_enqueued(refused: &dyn fmt::Display) {
    catch_record(|| error!(target: "events_core", "{refused}"));
}

/// Records that a unit of work has ended, and what an event lacks for that reason: it was not emitted, or is not held.
#[cold]
pub(crate) fn not_in_unit(topic: &str, site: CallSite, what: &str, why: &dyn fmt::Display) {
    catch_record(|| {
        error!(
            target: "events_core",
            topic = &*one_line(topic),
            location = %site,
            "{what}: {why}",
        );
    });
}

/// Records an emit that was refused because it was nested too deep.
#[cold]
#[inline(never)]
pub(crate) fn refusal(refusal: &TooDeep) {
    let topic = refusal.chain().last().map(|topic| one_line(topic));
    catch_record(|| error!(target: "events_core", topic = topic.as_deref(), "{refusal}"));
}

/// Whether a record of [`cut_off`] may be received.
#[inline]
pub(crate) fn records_cut_off() -> bool {
    level_enabled!(Level::WARN)
}

/// Records that an async emit was dropped before its end. The subscribers that it has cut off are those whose handlers were
/// pending; those that are not reached will not be called with this event.
#[cold]
#[inline(never)]
pub(crate) fn cut_off(
    topic: &str,
    cut_off: &[Arc<SubscriberInfo>],
    not_reached: &[Arc<SubscriberInfo>],
) {
    let text = "an async emit was dropped before its end; run it on a task of its own, as with .spawn_tokio(), if it must \
                be completed without its caller";
    unfinished(topic, cut_off, not_reached, text);
}

/// Records that a middleware dropped the future of `next.run()` before the subscribers had ended.
#[cold]
#[inline(never)]
pub(crate) fn cut_off_by_middleware(
    topic: &str,
    cut_off: &[Arc<SubscriberInfo>],
    not_reached: &[Arc<SubscriberInfo>],
) {
    let text = "a middleware dropped the future of next.run() before its end, which cut the subscribers off; await it if \
                they must be completed";
    unfinished(topic, cut_off, not_reached, text);
}

/// Records subscribers that will not complete an event.
fn unfinished(
    topic: &str,
    cut_off: &[Arc<SubscriberInfo>],
    not_reached: &[Arc<SubscriberInfo>],
    text: &str,
) {
    catch_record(|| {
        warn!(
            target: "events_core",
            topic = &*one_line(topic),
            cut_off = names(cut_off),
            not_reached = names(not_reached),
            "{text}",
        );
    });
}

/// Records that a spawned emit was dropped before its first poll.
#[cfg(feature = "tokio")]
#[cold]
pub(crate) fn not_started(topic: &str) {
    catch_record(|| {
        warn!(
            target: "events_core",
            topic = &*one_line(topic),
            "a spawned emit was dropped by the shutdown of its runtime before it began, so that none of its subscribers \
             is reached; await it before that",
        );
    });
}

/// Subscribers with their source locations, for a record. `None` if there are none.
pub(crate) fn names(subscribers: &[Arc<SubscriberInfo>]) -> Option<String> {
    let names: Vec<_> = subscribers.iter().map(ToString::to_string).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// Records that no subscriber received an event.
pub(crate) fn unheard(topic: &str) {
    catch_record(|| {
        // The topic is made one line only if this is recorded.
        debug!(target: "events_core", topic = &*one_line(topic), "no subscriber received the event");
    });
}

/// The span of an emit.
pub(crate) fn emit_span(topic: &str, origin: Option<&Origin>) -> CatchSpan {
    if !records_spans() {
        return CatchSpan::NONE;
    }
    CatchSpan::new(|| {
        trace_span!(
            target: "events_core",
            "emit",
            topic = &*one_line(topic),
            origin = origin.map(|origin| tracing::field::display(one_line(origin.as_str()))),
        )
    })
}

/// The span of a handler's call. That of a handler that a job of a queue calls follows from the span in which the job was
/// pushed, which is the current one; it is a child of it as well. What stores events runs in the span of the emit, to which a
/// delivery is linked.
pub(crate) fn handler_span(subscriber: &SubscriberInfo) -> CatchSpan {
    if subscriber.is_store {
        return CatchSpan::NONE;
    }
    let span = CatchSpan::new(|| {
        trace_span!(
            target: "events_core",
            "handle",
            subscriber = %one_line(&subscriber.name),
            location = %subscriber.location,
        )
    });
    if is_run_of_job() {
        span.follow_current();
    }
    span
}

/// Whether the level `DEBUG` is enabled, at which tracing records single emits.
#[inline]
pub(crate) fn is_observed() -> bool {
    level_enabled!(Level::DEBUG)
}

/// Whether the level `TRACE` is enabled, at which tracing records the spans of emits and handlers.
#[inline]
pub(crate) fn records_spans() -> bool {
    level_enabled!(Level::TRACE)
}

/// Whether tracing is enabled at all; if not, no span is entered.
#[inline]
pub(crate) fn is_traced() -> bool {
    level_enabled!(Level::ERROR)
}

/// The span of the caller, for a first poll outside of any span.
#[cold]
pub(crate) fn caller_span() -> OptionBox<CatchSpan> {
    CatchSpan::current().into()
}

/// Chooses the span that each poll enters: that of the emit if `tracing` records it, else its parent. The parent is the
/// span that polls the emit first, as that of `.instrument(span)`, or if there is none the caller's.
#[cold]
#[inline(never)]
pub(crate) fn choose_span(span: &mut OptionBox<CatchSpan>, topic: &str, origin: Option<&Origin>) {
    let polling = CatchSpan::current();
    let parent = span.take().filter(|_| polling.is_none()).unwrap_or(polling);
    let chosen = if records_spans() {
        parent.in_scope(|| emit_span(topic, origin))
    } else {
        parent
    };
    *span = chosen.into();
}
