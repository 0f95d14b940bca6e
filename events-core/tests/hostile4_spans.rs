//! Fourth hostile round: layers that emit when they receive a span.
#![allow(missing_docs)]

use std::{
    env,
    future::Future,
    pin::pin,
    process::Command,
    task::{Context, Poll, Waker},
};

use events_core::{AnyEvent, Event, Registry, args};
use tracing::{Subscriber, level_filters::LevelFilter, span};
use tracing_subscriber::layer::{Context as LayerContext, Layer, SubscriberExt};

fn poll_once<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

#[derive(Event, Clone)]
struct A;

/// Runs the test in a child, which an overflow of the stack ends.
fn in_child(test: &str, f: fn()) {
    if env::var_os("H4").is_some() {
        return f();
    }
    let mut command = Command::new(env::current_exe().unwrap());
    let output = command.args(["--exact", test, "--nocapture"]).env("H4", "1").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[derive(Clone, Copy, PartialEq)]
enum On {
    New,
    Enter,
    Exit,
    Close,
}

struct Emits(On, fn(&Registry), Registry);

impl<S: Subscriber> Layer<S> for Emits {
    fn on_new_span(&self, _: &span::Attributes<'_>, _: &span::Id, _: LayerContext<'_, S>) {
        if self.0 == On::New {
            (self.1)(&self.2);
        }
    }
    fn on_enter(&self, _: &span::Id, _: LayerContext<'_, S>) {
        if self.0 == On::Enter {
            (self.1)(&self.2);
        }
    }
    fn on_exit(&self, _: &span::Id, _: LayerContext<'_, S>) {
        if self.0 == On::Exit {
            (self.1)(&self.2);
        }
    }
    fn on_close(&self, _: span::Id, _: LayerContext<'_, S>) {
        if self.0 == On::Close {
            (self.1)(&self.2);
        }
    }
}

fn with_layer(on: On, emit: fn(&Registry)) {
    let registry = Registry::new();
    registry.on(|_: &A| ()).detach();
    registry.on_topic("topic", |_: &dyn AnyEvent| ()).unwrap().detach();
    let layered = tracing_subscriber::registry()
        .with(Emits(on, emit, registry.clone()))
        .with(LevelFilter::TRACE);
    tracing::subscriber::set_global_default(layered).unwrap();
    emit(&registry);
}

macro_rules! layers {
    ($($name:ident $on:ident $emit:expr;)*) => {$(
        #[test]
        fn $name() {
            in_child(stringify!($name), || with_layer(On::$on, $emit));
        }
    )*};
}

layers! {
    a_layer_that_emits_for_each_new_span New |registry| _ = registry.emit(A);
    a_layer_that_emits_for_each_span_that_is_entered Enter |registry| _ = registry.emit(A);
    a_layer_that_emits_for_each_span_that_is_left Exit |registry| _ = registry.emit(A);
    a_layer_that_emits_for_each_span_that_is_closed Close |registry| _ = registry.emit(A);
    a_layer_that_emits_a_topic_for_each_new_span New |registry| _ = registry.emit_topic("topic", args! {});
    a_layer_that_emits_async_for_each_new_span New |registry| _ = poll_once(registry.emit_async(A));
}
