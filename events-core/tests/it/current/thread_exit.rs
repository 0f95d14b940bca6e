//! Section 3: the destructors of thread-locals emit as code elsewhere does.

use std::{cell::RefCell, thread};

use events_core::{Event, Registry, scopes::WithRegistry, with_registry};

use crate::Journal;

#[derive(Event, Clone)]
struct Ended;

type Exit = Box<dyn FnOnce()>;

/// Calls its function when the thread ends.
struct OnExit(Option<Exit>);

impl Drop for OnExit {
    fn drop(&mut self) {
        if let Some(exit) = self.0.take() {
            exit();
        }
    }
}

thread_local!(static ON_EXIT: RefCell<OnExit> = const { RefCell::new(OnExit(None)) });

/// Emits in the destructor of a thread-local that is initialised before this thread uses a registry, or
/// after that. The later ones are destroyed first.
fn check(way: &str, exit: fn(&Registry)) {
    for is_first in [true, false] {
        let (registry, journal) = (Registry::new(), Journal::default());
        let note = journal.clone();
        registry.on(move |_: &Ended| note.note("received")).detach();
        let ends = thread::spawn(move || {
            let uses = || with_registry(&Registry::new(), || _ = Ended.emit());
            if !is_first {
                uses();
            }
            let exit = move || exit(&registry);
            ON_EXIT.with_borrow_mut(|on_exit| on_exit.0 = Some(Box::new(exit)));
            uses();
        });
        ends.join().expect("nothing panics");
        assert_eq!(journal.take(), ["received"], "{way}, first: {is_first}");
    }
}

#[test]
fn the_destructor_of_a_thread_local_emits_to_the_registry_that_it_enters() {
    check("enter", |registry| {
        let _scope = registry.enter();
        Ended.emit();
    });
    check("with_registry", |registry| {
        with_registry(registry, || _ = Ended.emit());
    });
    check("a method of the registry", |registry| {
        _ = registry.emit(Ended);
    });
    check("a flush", |registry| {
        registry.enqueue(Ended).expect("there is room");
        registry.queue().flush();
    });
    check("a cancelled future", |registry| {
        struct EmitsOnDrop;
        impl Drop for EmitsOnDrop {
            fn drop(&mut self) {
                Ended.emit();
            }
        }
        let emits = EmitsOnDrop;
        let future = async move { drop(emits) };
        drop(future.with_registry(registry.clone()));
    });
}
