//! Fourth hostile round: layers that stop or enqueue something when a span is left or closed.
#![allow(missing_docs)]

use std::{
    env,
    future::{Future, pending},
    pin::{Pin, pin},
    process::Command,
    sync::{Arc, Mutex, mpsc},
    task::{Context, Poll, Waker},
    time::Duration,
};

use events_core::{Event, Registry};
use tracing::{Subscriber, level_filters::LevelFilter, span};
use tracing_subscriber::layer::{Context as LayerContext, Layer, SubscriberExt};

#[derive(Event, Clone)]
struct A;
#[derive(Event, Clone)]
struct B;

type Once = Arc<Mutex<Option<Box<dyn FnOnce() + Send>>>>;

fn call(once: &Once) {
    let f = once.lock().unwrap().take();
    if let Some(f) = f {
        f();
    }
}

#[derive(Clone, Default)]
struct Calls {
    enter: Once,
    exit: Once,
    close: Once,
    event: Once,
}

impl<S: Subscriber> Layer<S> for Calls {
    fn on_event(&self, event: &tracing::Event<'_>, _: LayerContext<'_, S>) {
        if event.metadata().target() == "events_core" {
            call(&self.event);
        }
    }
    fn on_enter(&self, _: &span::Id, _: LayerContext<'_, S>) {
        call(&self.enter);
    }
    fn on_exit(&self, _: &span::Id, _: LayerContext<'_, S>) {
        call(&self.exit);
    }
    fn on_close(&self, _: span::Id, _: LayerContext<'_, S>) {
        call(&self.close);
    }
}

/// Runs the test in a child process, and a watchdog that only detects a hang.
fn in_child(test: &str, f: fn(Calls)) {
    if env::var_os("H4").is_some() {
        let (ends, ended) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let calls = Calls::default();
            let layered = tracing_subscriber::registry().with(calls.clone()).with(LevelFilter::DEBUG);
            tracing::subscriber::set_global_default(layered).unwrap();
            f(calls);
            ends.send(()).unwrap();
        });
        if ended.recv_timeout(Duration::from_secs(20)) == Err(mpsc::RecvTimeoutError::Timeout) {
            eprintln!("it hangs");
            std::process::exit(1);
        }
        return thread.join().unwrap();
    }
    let mut command = Command::new(env::current_exe().unwrap());
    let output = command.args(["--exact", test, "--nocapture"]).env("H4", "1").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn set(once: &Once, f: impl FnOnce() + Send + 'static) {
    *once.lock().unwrap() = Some(Box::new(f));
}

#[derive(Clone, Default)]
struct Gate(Arc<Mutex<(bool, Vec<Waker>)>>);
impl Gate {
    fn open(&self) {
        let wakers = {
            let mut state = self.0.lock().unwrap();
            state.0 = true;
            std::mem::take(&mut state.1)
        };
        wakers.into_iter().for_each(Waker::wake);
    }
    fn wait(&self) -> impl Future<Output = ()> + Send + use<> {
        let gate = self.clone();
        std::future::poll_fn(move |context| {
            let mut state = gate.0.lock().unwrap();
            if state.0 {
                return Poll::Ready(());
            }
            state.1.push(context.waker().clone());
            Poll::Pending
        })
    }
}

fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// An event is enqueued in a span, of which its job is the last owner. The layer enqueues when that is closed.
fn enqueues_on_close(calls: &Calls, suspended: bool) {
    let registry = Registry::new();
    let gate = Gate::default();
    if !suspended {
        gate.open();
    }
    let waits = gate.clone();
    registry.on_async(move |_: &A| waits.wait()).detach();
    registry.on(|_: &B| ()).detach();
    tracing::info_span!("emitter").in_scope(|| registry.enqueue(A).expect("there is room"));
    let mut shutdown = pin!(registry.queue().shutdown_async(pending::<()>()));
    let result = Arc::new(Mutex::new(None));
    let (inner, stored) = (registry.clone(), Arc::clone(&result));
    set(&calls.close, move || *stored.lock().unwrap() = Some(inner.enqueue(B).is_ok()));
    if suspended {
        assert!(poll(shutdown.as_mut()).is_pending());
        gate.open();
    }
    _ = poll(shutdown.as_mut());
    assert_eq!(*result.lock().unwrap(), Some(true));
}

#[test]
fn twin_the_span_of_an_event_that_is_ready_at_once_is_closed_inside_the_queue() {
    in_child("twin_the_span_of_an_event_that_is_ready_at_once_is_closed_inside_the_queue", |calls| {
        enqueues_on_close(&calls, false);
    });
}

#[test]
fn the_span_of_a_resumed_event_is_closed_inside_the_queue() {
    in_child("the_span_of_a_resumed_event_is_closed_inside_the_queue", |calls| {
        enqueues_on_close(&calls, true);
    });
}

/// A layer that begins a shutdown when the span of an event is closed.
fn shuts_down_on_close(calls: &Calls, suspended: bool) {
    let registry = Registry::new();
    let gate = Gate::default();
    if !suspended {
        gate.open();
    }
    let (waits, (starts, started)) = (gate.clone(), mpsc::channel());
    registry
        .on_async(move |_: &A| {
            starts.send(()).unwrap();
            waits.wait()
        })
        .detach();
    let inner = registry.clone();
    set(&calls.close, move || _ = inner.queue().shutdown(Duration::MAX));
    tracing::info_span!("emitter").in_scope(|| registry.enqueue(A).expect("there is room"));
    let worker = registry.queue().spawn_thread();
    started.recv().unwrap();
    gate.open();
    worker.stop();
}

#[test]
fn twin_the_span_of_an_event_that_is_ready_at_once_shuts_the_queue_down() {
    in_child("twin_the_span_of_an_event_that_is_ready_at_once_shuts_the_queue_down", |calls| {
        shuts_down_on_close(&calls, false);
    });
}

#[test]
fn the_span_of_a_resumed_event_shuts_the_queue_down() {
    in_child("the_span_of_a_resumed_event_shuts_the_queue_down", |calls| {
        shuts_down_on_close(&calls, true);
    });
}

/// A layer that shuts the queue down when it receives the record of a worker that is polled too deep.
#[test]
fn a_layer_that_shuts_a_queue_down_whose_worker_is_polled_too_deep() {
    in_child("a_layer_that_shuts_a_queue_down_whose_worker_is_polled_too_deep", |calls| {
        let (registry, outer) = (Registry::new(), Registry::new());
        registry.set_depth_limit(1);
        registry.enqueue(A).expect("there is room");
        let work = Mutex::new(Box::pin(registry.queue().work(1)));
        outer.on(move |_: &B| assert!(poll(work.lock().unwrap().as_mut()).is_pending())).detach();
        let inner = registry.clone();
        set(&calls.event, move || _ = inner.queue().shutdown(Duration::MAX));
        outer.emit(B);
    });
}
