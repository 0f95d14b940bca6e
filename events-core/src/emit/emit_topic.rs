//! Emitting by a topic alone, without a type.
//!
//! Who hears a topic is found out once, and remembered in a table of a fixed size: a topic has one
//! place there, and takes it from another. So a million topics take no more memory than a thousand,
//! and one that is emitted again and again is not matched again.

use std::{
    any::TypeId,
    borrow::Cow,
    hash::{BuildHasher, RandomState},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use arc_swap::{ArcSwapOption, Guard};
use tracing::{debug, trace_span};

use super::dispatch::{self, Sending};
use crate::{
    context::{Level, log},
    event::{Args, Named, Typed},
    handler::Erased,
    metadata::Origin,
    plan::{Kind, Plan, plan},
    registry::{Core, Site, Way, Writer},
    result::{EmitError, Emitted, Failures, Told, Trouble, drop_contained},
};

/// So many topics are remembered.
const PLACES: usize = 1024;

/// A longer topic is not remembered, but matched each time.
const LONGEST: usize = 256;

/// Who hears the topics that were emitted last.
pub(crate) struct Topics {
    places: OnceLock<Places>,
    /// Rises when somebody comes or goes who hears patterns of topics.
    version: AtomicU64,
}

struct Places {
    /// Of this process alone, so that nobody can choose topics that take the place of one another.
    hasher: RandomState,
    heard: Box<[ArcSwapOption<Heard>]>,
}

/// Who hears a topic.
struct Heard {
    topic: Box<str>,
    version: u64,
    plan: Option<Plan>,
}

impl Topics {
    pub(crate) const fn new() -> Self {
        Self {
            places: OnceLock::new(),
            version: AtomicU64::new(0),
        }
    }

    /// What is remembered holds no longer. Called under the lock of the writer.
    pub(crate) fn forget(&self) {
        self.version.fetch_add(1, Ordering::Release);
        for place in self.places.get().iter().flat_map(|places| &places.heard) {
            drop_contained(place.swap(None));
        }
    }

    fn place(&self, topic: &str) -> &ArcSwapOption<Heard> {
        let places = self.places.get_or_init(|| Places {
            hasher: RandomState::new(),
            heard: (0..PLACES).map(|_| ArcSwapOption::empty()).collect(),
        });
        let hash = places.hasher.hash_one(topic);
        let index = usize::try_from(hash % PLACES as u64).unwrap_or(0);
        &places.heard[index]
    }
}

/// Who hears a topic, remembered or not.
enum Found {
    Remembered(Guard<Option<Arc<Heard>>>),
    New(Arc<Heard>),
}

impl Core {
    /// Emits a topic with its arguments, and logs what fails.
    pub(crate) fn emit_topic(&self, topic: &str, args: &Args, origin: Option<&Origin>, site: Site) {
        let failures = Failures::new();
        let (_, trouble) = self.run_topic(topic, args, origin, &failures, site);
        if let Some(Trouble::TooDeep(refusal)) = trouble {
            log::refusal(&refusal);
        }
        log::failures(&mut failures.into_inner());
    }

    /// Emits a topic with its arguments, and tells what became of it.
    pub(crate) fn try_emit_topic(
        &self,
        topic: &str,
        args: Args,
        origin: Option<&Origin>,
        site: Site,
    ) -> Result<Emitted<Args>, EmitError<Args>> {
        let failures = Failures::new();
        let (told, trouble) = self.run_topic(topic, &args, origin, &failures, site);
        let emitted = Emitted::new(args, told);
        let failures = failures.into_inner().take();
        match trouble {
            Some(trouble) => Err(EmitError::new(emitted, topic.to_owned().into(), trouble)),
            None => match failures {
                None => Ok(emitted),
                Some(failures) => {
                    let trouble = Trouble::Failed(failures);
                    Err(EmitError::new(emitted, topic.to_owned().into(), trouble))
                }
            },
        }
    }

    fn run_topic(
        &self,
        topic: &str,
        args: &Args,
        origin: Option<&Origin>,
        failures: &Failures,
        site: Site,
    ) -> (Told, Option<Trouble>) {
        self.look_for_scan();
        if self.keeps(&mut Named { topic, args }, origin, site, Way::Emit) {
            return (Told::default(), None);
        }
        let span = {
            let origin = origin.map(tracing::field::display);
            trace_span!(target: "events_core", "emit", topic, origin)
        };
        let _entered = span.enter();
        let found = self.hears_topics().then(|| self.found(topic));
        let heard = match &found {
            None => None,
            Some(Found::Remembered(heard)) => heard.as_deref(),
            Some(Found::New(heard)) => Some(&**heard),
        };
        let mut told = Told::default();
        let mut trouble = None;
        if let Some(plan) = heard.and_then(|heard| heard.plan.as_ref()) {
            let sending = self.sending::<Named<'static>>(origin);
            let limit = sending.unheard.limit();
            match Level::enter(plan.info(), limit) {
                Some(_level) => told = run(plan, topic, args, sending, failures),
                None => trouble = Some(Trouble::TooDeep(Level::refusal(plan.info(), limit))),
            }
        }
        if trouble.is_none() && told.is_unheard() {
            debug!(target: "events_core", topic, "no subscriber heard the event");
            let event = &Named { topic, args };
            self.unheard().tell(&Typed { event, origin });
        }
        // The last who looks at a plan frees its closures, whose `Drop` may panic.
        drop_contained(found);
        (told, trouble)
    }

    fn found(&self, topic: &str) -> Found {
        if topic.len() > LONGEST {
            return Found::New(Arc::new(self.hear(&self.writer(), topic)));
        }
        let place = self.topics().place(topic);
        let heard = place.load();
        let version = self.topics().version.load(Ordering::Acquire);
        let is_it = |heard: &Arc<Heard>| heard.version == version && *heard.topic == *topic;
        if heard.as_ref().is_some_and(is_it) {
            return Found::Remembered(heard);
        }
        let writer = self.writer();
        let new = Arc::new(self.hear(&writer, topic));
        let old = place.swap(Some(Arc::clone(&new)));
        drop(writer);
        drop_contained((old, heard));
        Found::New(new)
    }

    /// Asks everybody.
    fn hear(&self, writer: &Writer, topic: &str) -> Heard {
        let kind = Kind::of::<Named<'static>>();
        let owned: Cow<'static, str> = topic.to_owned().into();
        let hearings = writer
            .hearings
            .iter()
            .filter(|hearing| hearing.hears(topic));
        let entries: Vec<_> = hearings
            .map(|hearing| hearing.entry_for(kind, owned.clone()))
            .collect();
        let family = TypeId::of::<Named<'static>>();
        Heard {
            topic: topic.into(),
            version: self.topics().version.load(Ordering::Acquire),
            // All who hear patterns can be ordered: that was looked at when they came.
            plan: plan(family, kind.info, owned, entries.iter()).unwrap_or_default(),
        }
    }
}

fn run(plan: &Plan, topic: &str, args: &Args, sending: Sending<'_>, failures: &Failures) -> Told {
    let mut event = Named { topic, args };
    let event = &mut Erased::new::<Named<'static>>(&mut event);
    dispatch::chain(plan, event, sending, Some(failures))
}
