//! Third hostile round: endless nesting through what is dropped or shown of a failure.

use std::{
    env, fmt,
    future::Future,
    pin::pin,
    process::Command,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
};

use events_core::{AnyEvent, Event, Registry, args};

fn poll_once<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

#[derive(Event, Clone)]
struct A;

type Again = Arc<Mutex<Option<Arc<dyn Fn() + Send + Sync>>>>;

/// An error that calls a function when it is dropped.
struct OnDrop(Again);
/// An error that calls a function when it is shown.
struct OnShow(Again);

fn call(again: &Again) {
    let f = again.lock().unwrap().clone();
    if let Some(f) = f {
        f();
    }
}

impl Drop for OnDrop {
    fn drop(&mut self) {
        call(&self.0);
    }
}

impl fmt::Display for OnDrop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnDrop")
    }
}
impl fmt::Display for OnShow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        call(&self.0);
        f.write_str("OnShow")
    }
}
macro_rules! error {
    ($($ty:ident)*) => {$(
        impl fmt::Debug for $ty {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str("error") }
        }
        impl std::error::Error for $ty {}
    )*};
}
error! { OnDrop OnShow }

fn setup<E: std::error::Error + Send + Sync + 'static>(
    error: fn(Again) -> E,
    emit: fn(&Registry),
) {
    let registry = Registry::new();
    let again = Again::default();
    let a = Arc::clone(&again);
    registry.on(move |_: &A| -> Result<(), E> { Err(error(Arc::clone(&a))) }).detach();
    let a = Arc::clone(&again);
    registry
        .on_topic("topic", move |_: &dyn AnyEvent| -> Result<(), E> { Err(error(Arc::clone(&a))) })
        .unwrap()
        .detach();
    let inner = registry.clone();
    *again.lock().unwrap() = Some(Arc::new(move || emit(&inner)));
    emit(&registry);
    *again.lock().unwrap() = None;
}

/// Runs the test in a child, which an overflow of the stack ends.
fn in_child(test: &str, f: fn()) {
    if env::var_os("H3").is_some() {
        return f();
    }
    let mut command = Command::new(env::current_exe().unwrap());
    let output = command.args(["--exact", test]).env("H3", "1").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn twin_emit_of_an_error_that_emits_when_it_is_dropped() {
    in_child("twin_emit_of_an_error_that_emits_when_it_is_dropped", || {
        setup(OnDrop, |registry| _ = registry.emit(A));
    });
}

#[test]
fn emit_topic_of_an_error_that_emits_when_it_is_dropped() {
    in_child("emit_topic_of_an_error_that_emits_when_it_is_dropped", || {
        setup(OnDrop, |registry| _ = registry.emit_topic("topic", args! {}));
    });
}

#[test]
fn emit_async_of_an_error_that_emits_when_it_is_dropped() {
    in_child("emit_async_of_an_error_that_emits_when_it_is_dropped", || {
        setup(OnDrop, |registry| _ = poll_once(registry.emit_async(A)));
    });
}

#[test]
fn twin_emit_of_an_error_that_emits_when_it_is_shown() {
    in_child("twin_emit_of_an_error_that_emits_when_it_is_shown", || {
        let fmt = tracing_subscriber::fmt().with_writer(std::io::sink).finish();
        tracing::subscriber::set_global_default(fmt).unwrap();
            setup(OnShow, |registry| _ = registry.emit(A));

    });
}

#[test]
fn emit_topic_of_an_error_that_emits_when_it_is_shown() {
    in_child("emit_topic_of_an_error_that_emits_when_it_is_shown", || {
        let fmt = tracing_subscriber::fmt().with_writer(std::io::sink).finish();
        tracing::subscriber::set_global_default(fmt).unwrap();
            setup(OnShow, |registry| _ = registry.emit_topic("topic", args! {}));

    });
}

#[test]
fn emit_async_of_an_error_that_emits_when_it_is_shown() {
    in_child("emit_async_of_an_error_that_emits_when_it_is_shown", || {
        let fmt = tracing_subscriber::fmt().with_writer(std::io::sink).finish();
        tracing::subscriber::set_global_default(fmt).unwrap();
        setup(OnShow, |registry| _ = poll_once(registry.emit_async(A)));
    });
}

/// Two registries whose hooks emit to one another, and a hook that emits an event of its own.
#[test]
fn hooks_of_two_registries_that_emit_to_one_another() {
    in_child("hooks_of_two_registries_that_emit_to_one_another", || {
        let (one, two) = (Registry::new(), Registry::new());
        let to = two.clone();
        one.set_unheard_hook(move |_| _ = to.emit(A));
        let to = one.clone();
        two.set_unheard_hook(move |_| _ = to.emit_topic("topic", args! {}));
        one.emit(A);
        one.clear_unheard_hook();
        two.clear_unheard_hook();
    });
}

/// A layer that emits for each record of this crate.
struct Emits(fn(&Registry), Registry);

impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Emits {
    fn on_event(&self, _: &tracing::Event<'_>, _: tracing_subscriber::layer::Context<'_, S>) {
        (self.0)(&self.1);
    }
}

fn with_layer(fails: bool, level: tracing::level_filters::LevelFilter, emit: fn(&Registry)) {
    use tracing_subscriber::layer::SubscriberExt;
    let registry = Registry::new();
    if fails {
        registry.on(|_: &A| Err::<(), _>(fmt::Error)).detach();
        registry.on_topic("topic", |_: &dyn AnyEvent| Err::<(), _>(fmt::Error)).unwrap().detach();
    }
    let layered = tracing_subscriber::registry().with(Emits(emit, registry.clone())).with(level);
    tracing::subscriber::set_global_default(layered).unwrap();
    emit(&registry);
}

macro_rules! layers {
    ($($name:ident $fails:literal $level:ident $emit:expr;)*) => {$(
        #[test]
        fn $name() {
            in_child(stringify!($name), || {
                with_layer($fails, tracing::level_filters::LevelFilter::$level, $emit);
            });
        }
    )*};
}

layers! {
    twin_a_layer_that_emits_on_failures true ERROR |registry| _ = registry.emit(A);
    a_layer_that_emits_a_topic_on_failures true ERROR |registry| _ = registry.emit_topic("topic", args! {});
    a_layer_that_emits_async_on_failures true ERROR |registry| _ = poll_once(registry.emit_async(A));
    a_layer_that_emits_an_event_without_a_subscriber false DEBUG |registry| _ = registry.emit(A);
}
