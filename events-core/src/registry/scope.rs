//! The registry that a thread has entered, which is its current one: by a scope, or for the handlers of an emit.
//!
//! A program that uses the default registry alone, and no scopes, pays one relaxed load for each emit: whether there has been
//! an emit to another registry, or a scope, which those of units of work share. It is set once, and never cleared, so no emit
//! writes a line that others read. Only then are the thread-locals read.
//!
//! An emit enters its registry for its handlers (a [`HandlerScope`]): it stores the address of the registry, and where the
//! thread-local has no weak reference to that registry yet, one of these. So it writes to no reference count. A handler
//! that requests the current registry upgrades that weak reference.

use std::{
    cell::{Cell, RefCell},
    fmt,
    marker::PhantomData,
    mem::ManuallyDrop,
    rc::Rc,
    sync::{
        MutexGuard,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::handle::{Registry, WeakRegistry};

/// 1 if there has been a scope, or an emit to another registry than the default one, else 0. The check of a `bool` takes an
/// instruction more.
static IS_SCOPED: AtomicUsize = AtomicUsize::new(0);

/// Scopes with their numbers, innermost last.
type Scopes = Vec<(u64, Rc<Registry>)>;

/// A registry that is entered for the handlers of an emit.
#[derive(Clone, Copy)]
struct Frame {
    /// The address of the registry; 0 for the default one.
    id: usize,
    /// The number of the last scope that was entered before. Later ones are inside.
    since: u64,
}

/// The innermost scope.
#[derive(Clone, Copy)]
struct Top {
    /// Its number; 0 if there is none.
    number: u64,
    /// The address of its registry.
    id: usize,
}

/// What a thread has entered. It has no destructor, so that the destructors of other thread-locals can enter registries.
struct ThreadScopes {
    /// The number of the last scope that was entered.
    last: Cell<u64>,
    top: Cell<Top>,
    frame: Cell<Frame>,
    /// The address of a registry that is in `KNOWN`, or 0.
    known: Cell<usize>,
    /// Without scopes it owns no memory.
    entered: RefCell<ManuallyDrop<Scopes>>,
}

thread_local! {
    static THREAD: ThreadScopes = const {
        ThreadScopes {
            last: Cell::new(0),
            top: Cell::new(Top { number: 0, id: 0 }),
            frame: Cell::new(Frame { id: 0, since: 0 }),
            known: Cell::new(0),
            entered: RefCell::new(ManuallyDrop::new(Vec::new())),
        }
    };

    /// The registries that emits of this thread have entered, with their addresses, in their order. While an element exists,
    /// no other registry has the address.
    static KNOWN: RefCell<Known> = const { RefCell::new(Vec::new()) };
}

type Known = Vec<(usize, WeakRegistry)>;

/// The index of the registry with this address, or the one at which it is to be inserted.
fn find_known(known: &Known, id: usize) -> Result<usize, usize> {
    known.binary_search_by_key(&id, |(id, _)| *id)
}

/// How many known registries there are before those that no longer exist are removed.
const MIN_KNOWN: usize = 8;

/// Whether there has been a scope, or an emit to another registry than the default one. A thread always sees its own changes, which
/// suffices.
#[inline]
pub(crate) fn is_scoped() -> bool {
    IS_SCOPED.load(Ordering::Relaxed) > 0
}

/// From now on each emit finds out what its thread has entered.
pub(crate) fn note_scope() {
    if !is_scoped() {
        IS_SCOPED.store(1, Ordering::Relaxed);
    }
}

/// The current registry of a thread.
pub(crate) enum Current {
    Default,
    /// Of a scope. `Rc`, so that an emit does not write to a reference count that other threads use.
    Scope(Rc<Registry>),
    /// Of an emit.
    Emit(Registry),
}

/// The innermost registry that this thread has entered.
pub(crate) fn current() -> Current {
    if is_scoped() {
        THREAD.with(ThreadScopes::current)
    } else {
        Current::Default
    }
}

/// Whether the current registry is the default one.
#[inline]
pub(crate) fn is_default_current() -> bool {
    !is_scoped() || THREAD.with(|thread| thread.current_id() == 0)
}

impl ThreadScopes {
    /// The address of the current registry; 0 for the default one.
    #[inline]
    fn current_id(&self) -> usize {
        let (top, frame) = (self.top.get(), self.frame.get());
        if top.number > frame.since {
            top.id
        } else {
            frame.id
        }
    }

    fn current(&self) -> Current {
        let frame = self.frame.get();
        if self.top.get().number > frame.since
            && let Some((_, registry)) = self.entered.borrow().last()
        {
            return Current::Scope(Rc::clone(registry));
        }
        if frame.id == 0 {
            return Current::Default;
        }
        // The emit that has entered it keeps it alive. After the end of the thread-locals it is not known.
        let registry = KNOWN.try_with(|known| {
            let known = known.borrow();
            let index = find_known(&known, frame.id).ok()?;
            known[index].1.upgrade()
        });
        registry
            .ok()
            .flatten()
            .map_or(Current::Default, Current::Emit)
    }

    /// Sets the innermost scope, after one has been entered or left.
    fn set_top(&self, entered: &Scopes) {
        let top = entered.last().map(|(number, registry)| Top {
            number: *number,
            id: registry.id(),
        });
        self.top.set(top.unwrap_or(Top { number: 0, id: 0 }));
    }
}

/// Keeps a registry current on this thread while its handlers run. It is dropped by the function that has made it.
#[must_use = "the registry is current only until this guard is dropped"]
pub(crate) struct HandlerScope {
    /// What was entered before; `None` if the registry was the current one already.
    outer: Option<Frame>,
    this_thread: PhantomData<MutexGuard<'static, ()>>,
}

impl HandlerScope {
    const NONE: Self = Self {
        outer: None,
        this_thread: PhantomData,
    };
}

/// Whether this is the default registry, and it is the current one since there are no scopes.
#[inline]
pub(crate) fn is_current_without_scopes(registry: &Registry) -> bool {
    registry.is_static() && !is_scoped()
}

/// Makes this registry the current one of this thread, if it is not the current one already. The caller keeps the registry
/// until it drops the guard.
#[inline]
pub(crate) fn enter_for_handlers(registry: &Registry) -> HandlerScope {
    let id = registry.id();
    if id == 0 && !is_scoped() {
        return HandlerScope::NONE;
    }
    THREAD.with(|thread| {
        if thread.current_id() == id {
            return HandlerScope::NONE;
        }
        if id != 0 && thread.known.get() != id {
            remember(thread, id, registry);
        }
        let since = thread.last.get();
        HandlerScope {
            outer: Some(thread.frame.replace(Frame { id, since })),
            this_thread: PhantomData,
        }
    })
}

impl Drop for HandlerScope {
    #[inline]
    fn drop(&mut self) {
        if let Some(outer) = self.outer {
            THREAD.with(|thread| thread.frame.set(outer));
        }
    }
}

/// Stores a weak reference to the registry with this address, if there is none.
#[cold]
#[inline(never)]
fn remember(thread: &ThreadScopes, id: usize, registry: &Registry) {
    note_scope();
    // After the end of the thread-locals none is stored, and the default registry is the current one.
    let _ = KNOWN.try_with(|known| {
        let mut known = known.borrow_mut();
        if find_known(&known, id).is_err() {
            if known.len() >= MIN_KNOWN && known.len() == known.capacity() {
                known.retain(|(_, registry)| registry.exists());
            }
            let index = find_known(&known, id).unwrap_or_else(|index| index);
            known.insert(index, (id, registry.downgrade()));
        }
        thread.known.set(id);
    });
}

impl Registry {
    /// Makes this registry the current one of this thread until the guard is dropped.
    ///
    /// Scopes nest; guards that are dropped out of order leave the innermost remaining one current. A guard
    /// that is passed to [`mem::forget`](std::mem::forget) leaves the registry current until the thread
    /// ends, and never releases it.
    pub fn enter(&self) -> Entered {
        note_scope();
        THREAD.with(|thread| {
            let number = thread.last.get() + 1;
            thread.last.set(number);
            let mut entered = thread.entered.borrow_mut();
            entered.push((number, Rc::new(self.clone())));
            thread.set_top(&entered);
            Entered {
                number,
                this_thread: PhantomData,
            }
        })
    }
}

/// Keeps a registry current on this thread; see [`Registry::enter`].
///
/// It stays on its thread, and is dropped there. Do not hold it across an `await`: use
/// [`with_registry`](crate::scopes::WithRegistry::with_registry).
///
/// ```
/// use events_core::{Event, Registry, scopes::Entered};
///
/// #[derive(Event)]
/// struct Saved {
///     path: &'static str,
/// }
///
/// /// A registry that is the current one as long as this exists.
/// struct Sandbox {
///     registry: Registry,
///     _scope: Entered,
/// }
///
/// impl Sandbox {
///     fn new() -> Self {
///         let registry = Registry::new();
///         Self { _scope: registry.enter(), registry }
///     }
/// }
///
/// let sandbox = Sandbox::new();
/// sandbox.registry.on(|event: &mut Saved| event.path = "sandbox/notes").detach();
/// assert_eq!(Saved { path: "notes" }.emit().path, "sandbox/notes");
/// drop(sandbox);
/// assert_eq!(Saved { path: "notes" }.emit().path, "notes");
/// ```
#[must_use = "the registry is current only until this guard is dropped"]
pub struct Entered {
    number: u64,
    /// Makes the guard `!Send` and `Sync`: it must be dropped on this thread.
    this_thread: PhantomData<MutexGuard<'static, ()>>,
}

impl Drop for Entered {
    fn drop(&mut self) {
        let removed = THREAD.with(|thread| {
            let mut entered = thread.entered.borrow_mut();
            let is_this = |(number, _): &(u64, _)| *number == self.number;
            let index = entered.iter().rposition(is_this)?;
            let removed = entered.remove(index);
            if entered.is_empty() {
                **entered = Vec::new();
            }
            thread.set_top(&entered);
            Some(removed)
        });
        // This may be the last handle of the registry, and drop closures: not while `entered` is
        // borrowed.
        drop(removed);
    }
}

impl fmt::Debug for Entered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Entered").field(&self.number).finish()
    }
}
