//! What a mock knows, shared by its guard, its handles and the registry that it looks at.

use std::{
    any::{Any, TypeId},
    collections::HashSet,
    fmt, mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::{self, ThreadId},
};

use events_core::{
    __testing::{self, Intercepted, Interceptor},
    Location, Registry,
};

use super::{
    recorded_event::{Fate, Seen},
    rule::{Question, Rule, Verdict},
};

/// A mock.
pub(crate) struct Shared {
    state: Mutex<State>,
    /// Where it was installed.
    pub(crate) location: Location,
    /// Whether it keeps events from their subscribers also when it is over: in a registry of its own, where a
    /// thread that outlives the test shall not reach those whom the test kept it from.
    stays: bool,
    /// The mock that the registry had before.
    instead_of: Option<Arc<Self>>,
}

/// What it knows, under its lock.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) rules: Vec<Rule>,
    /// Which rules are to be met in which order, and where that is said.
    pub(crate) orders: Vec<(Vec<usize>, Location)>,
    /// What is kept from its subscribers though no rule expects it.
    pub(crate) faked: Faked,
    /// The events that are muted, on which thread; as often as they are.
    pub(crate) muted: Vec<(TypeId, ThreadId)>,
    pub(crate) seen: Vec<Seen>,
    /// The number of the next event.
    pub(crate) next: u64,
    /// The test is over.
    is_over: bool,
}

/// What is kept from its subscribers though nobody expects it.
#[derive(Default)]
pub(crate) struct Faked {
    pub(crate) all: bool,
    /// Of these the opposite is true.
    pub(crate) except: HashSet<TypeId>,
}

impl Faked {
    fn keeps(&self, family: TypeId) -> bool {
        self.all != self.except.contains(&family)
    }
}

impl Shared {
    pub(crate) fn new(location: Location, stays: bool, instead_of: Option<Arc<Self>>) -> Self {
        Self {
            state: Mutex::default(),
            location,
            stays,
            instead_of,
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The test is over: what comes from now on is kept from its subscribers as before, but nobody counts
    /// it. Says whether it was over before.
    pub(crate) fn end(&self) -> bool {
        mem::replace(&mut self.state().is_over, true)
    }

    /// Whether it has anything to do with what is emitted now.
    fn is_there(&self) -> bool {
        self.stays || !self.state().is_over
    }

    /// Whether it is muted on this thread, and how many events came before it.
    fn before(&self, family: TypeId) -> (bool, u64) {
        let muted = (family, thread::current().id());
        let state = self.state();
        (state.muted.contains(&muted), state.next)
    }
}

impl Interceptor for Shared {
    fn keeps(&self, event: &mut dyn Intercepted) -> bool {
        let family = event.family();
        let (is_muted, before) = self.before(family);
        let fate = if is_muted {
            Fate::Muted
        } else {
            Fate::Delivered
        };
        // Its copy is made by a `Clone` of the user's.
        let mut seen = Seen::new(before, event, fate);
        let (number, questions, faked) = {
            let mut state = self.state();
            let number = state.next;
            let faked = state.faked.keeps(family);
            let rules = state.rules.iter().enumerate();
            let questions = rules.filter_map(|(index, rule)| rule.question(index, event));
            let questions: Vec<_> = questions.filter(|_| !is_muted).collect();
            if state.is_over {
                drop(state);
                let is_meant = |question: &Question| matches!(question.ask(event), Verdict::Meant);
                return is_muted || faked || questions.iter().any(is_meant);
            }
            state.next += 1;
            seen.number = number;
            state.seen.push(seen);
            (number, questions, faked)
        };
        if is_muted {
            return true;
        }
        let answers = questions
            .iter()
            .map(|question| (question.rule, question.ask(event)));
        let answers: Vec<_> = answers.collect();

        let mut state = self.state();
        let mut keeps = faked;
        for (rule, verdict) in answers {
            keeps |= matches!(verdict, Verdict::Meant);
            if let Some(rule) = state.rules.get_mut(rule)
                && rule.begins <= number
            {
                rule.note(number, verdict);
            }
        }
        // Most often it is the last; `clear` may have taken it.
        let mut newest_first = state.seen.iter_mut().rev();
        if keeps && let Some(seen) = newest_first.find(|seen| seen.number == number) {
            seen.fate = Fate::Kept;
        }
        keeps
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Shared({})", self.location)
    }
}

/// The mock of a registry, if it has one.
pub(crate) fn of(registry: &Registry) -> Option<Arc<Shared>> {
    let interceptor: Arc<dyn Any + Send + Sync> = __testing::interceptor(registry)?;
    interceptor.downcast().ok()
}

/// Has this mock see the events of a registry, or none.
pub(crate) fn set(registry: &Registry, shared: Option<&Arc<Shared>>) {
    let interceptor = shared.map(|shared| Arc::clone(shared) as Arc<dyn Interceptor>);
    __testing::set_interceptor(registry, interceptor);
}

/// A mock is over: unless it stays, or another has taken its place, the last one before it that is still
/// there sees the events again.
pub(crate) fn leave(registry: &Registry, shared: &Arc<Shared>) {
    if shared.stays || !of(registry).is_some_and(|top| Arc::ptr_eq(&top, shared)) {
        return;
    }
    let mut before = shared.instead_of.as_ref();
    while let Some(gone) = before.filter(|before| !before.is_there()) {
        before = gone.instead_of.as_ref();
    }
    set(registry, before);
}
