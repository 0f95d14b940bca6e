//! Registering the subscribers of a program.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use events_core::{Registry, delivering::DurableSubscriber, info::SubscriberInfo};
use events_sqlx::Tx;

use super::{
    durable::Durable,
    error::DurableError,
    subscribers::{Receiver, Subscribers, Takes},
};
use crate::{
    event::{DurableType, types},
    staging::is_registered,
    store::{Engine, Route},
};

/// What the database stores of the subscribers of a program; returned by [`Durable::register`](crate::Durable::register).
///
/// ```
/// use events_durable::Routes;
///
/// fn warn(routes: &Routes) {
///     for id in &routes.orphaned {
///         eprintln!("no subscriber of this program has the id {id}: retire it if none of another program has");
///     }
/// }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Routes {
    /// The ids that were not in the database. They receive what is stored from now on; [`replay`](crate::Durable::replay) for
    /// what was stored before.
    pub new: Vec<String>,
    /// The ids that were in the database.
    pub known: Vec<String>,
    /// The ids in the database that no subscriber of this program has. What is stored is still kept for them.
    pub orphaned: Vec<String>,
}

impl<DB: Engine> Durable<DB> {
    /// Registers the durable subscribers and the durable events of the program with the database: from then on what is emitted
    /// to the registry is stored, and has deliveries for these subscribers. To be called after the scans, before the first
    /// emit, and again after a later scan.
    ///
    /// The returned routes tell which ids are new in the database, which are known, and which it has that no subscriber of this
    /// program has: those of other programs, or of a subscriber whose id was changed.
    ///
    /// A route in the database whose topic this program does not have is kept, also that of a subscriber of this program: a later
    /// version of the program may have added it. A subscriber of a pattern has those routes that match.
    ///
    /// # Errors
    ///
    /// [`DurableError::Program`] if the program does not fit together: two event types under one topic, a subscriber of events
    /// that are not durable, a `Tx` of another database, a parameter that no delivery gives, a secret field that `durable!` would
    /// store; if the registry has another store. Of the database: for example, `migrate` was not called. What was registered before
    /// is then registered still.
    ///
    /// # Cancellation
    ///
    /// If the future is dropped, what was registered before is registered still; the database may have the new routes.
    pub async fn register(&self, registry: &Registry) -> Result<Routes, DurableError> {
        let (routes, subscribers) = register(self, registry).await?;
        self.set_registered(registry, subscribers)?;
        Ok(routes)
    }
}

/// Registers what the program has with the database, and returns it.
async fn register<DB: Engine>(
    store: &Durable<DB>,
    registry: &Registry,
) -> Result<(Routes, Subscribers), DurableError> {
    let durable = registry.durable_subscribers();
    let mut problems = duplicate_topics();
    problems.extend(types().iter().filter_map(undecided_secret));
    problems.extend(other_store(store, registry));
    for one in &durable {
        problems.extend(wrong_params::<DB>(one));
        problems.extend(not_durable(one));
        warn_of_stored_topics(one);
        warn_of_missing_keys(one);
    }
    if !problems.is_empty() {
        return Err(DurableError::Program(problems));
    }
    let pool = &store.0.pool;
    DB::check_schema(pool).await?;
    let mut tx = Tx::begin_with(pool, DB::BEGIN_READ_COMMITTED).await?;
    let own: Vec<String> = types().iter().map(|one| one.topic().to_owned()).collect();
    let all_topics = DB::add_topics(tx.conn(), &own).await?;
    let mut routes = Vec::new();
    for one in &durable {
        for topic in all_topics.iter().filter(|topic| receives(one, topic)) {
            routes.push(Route {
                topic: topic.clone(),
                subscriber: one.id().to_owned(),
                per_key: one.info().per_key,
            });
        }
    }
    let foreign = routes.iter().filter(|route| !own.contains(&route.topic));
    for route in foreign {
        tracing::warn!(
            target: "events_durable",
            subscriber = route.subscriber,
            topic = route.topic,
            "the pattern matches a topic of another program; its events wait here until this program links their type, and \
             another program with this subscriber delivers them",
        );
    }
    let ids: Vec<String> = durable.iter().map(|one| one.id().to_owned()).collect();
    let stale = stale_routes(&durable, &routes, &own, &all_topics);
    let registered = DB::register(tx.conn(), &ids, &routes, &stale).await?;
    tx.commit().await?;
    for subscriber in &registered.changed {
        tracing::warn!(
            target: "events_durable",
            subscriber,
            "the database had the subscriber with `per_key` where this program has it without, or the reverse; what is stored from now \
             on is delivered as this program has it, until one that differs registers again: let all programs have the same version \
             of it",
        );
    }

    store
        .0
        .waker
        .spans
        .set_receivers(receivers_by_topic(&routes));
    let receivers = durable.into_iter().map(|subscriber| {
        let takes = takes::<DB>(subscriber.info());
        Arc::new(Receiver::new(subscriber, takes))
    });
    let routes = Routes {
        new: registered.new,
        known: registered.known,
        orphaned: registered.orphaned,
    };
    Ok((routes, Subscribers(receivers.collect())))
}

/// How many subscribers each topic has.
fn receivers_by_topic(routes: &[Route]) -> BTreeMap<String, usize> {
    let mut receivers = BTreeMap::new();
    for route in routes {
        *receivers.entry(route.topic.clone()).or_default() += 1;
    }
    receivers
}

/// Whether the subscriber receives events that are stored under this topic, which may be one of another program.
fn receives(subscriber: &DurableSubscriber, topic: &str) -> bool {
    match types().iter().find(|one| one.topic() == topic) {
        Some(own) => own.is_received_by(subscriber),
        None => subscriber.has_pattern() && subscriber.receives(topic),
    }
}

/// The topics that the program knows its subscribers not to receive, each with its subscriber.
fn stale_routes(
    durable: &[DurableSubscriber],
    routes: &[Route],
    own: &[String],
    all_topics: &[String],
) -> Vec<(String, String)> {
    let routes: BTreeSet<_> = routes
        .iter()
        .map(|route| (&*route.topic, &*route.subscriber))
        .collect();
    let mut stale = Vec::new();
    for one in durable {
        let known = if one.has_pattern() { all_topics } else { own };
        let is_stale = |topic: &&String| !routes.contains(&(&***topic, one.id()));
        for topic in known.iter().filter(is_stale) {
            stale.push((topic.clone(), one.id().to_owned()));
        }
    }
    stale
}

/// A problem if another store stores the events of the registry.
fn other_store<DB: Engine>(store: &Durable<DB>, registry: &Registry) -> Option<String> {
    let has_other = is_registered(registry) && !store.has_registered(registry);
    has_other.then(|| {
        "the registry has another store, which stores its events; use a clone of that store, or register this one with a \
         registry of its own"
            .to_owned()
    })
}

/// A problem for each topic of several event types.
fn duplicate_topics() -> Vec<String> {
    let mut by_topic: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for one in types() {
        by_topic.entry(one.topic()).or_default().push(one);
    }
    let shared = by_topic.into_iter().filter(|(_, types)| types.len() > 1);
    shared
        .map(|(topic, types)| {
            let types: Vec<_> = types
                .iter()
                .map(|one| format!("`{}` with the codec `{}`", one.name(), one.codec()))
                .collect();
            format!(
                "{} are stored under the topic `{topic}`; give each a topic of its own",
                types.join(" and ")
            )
        })
        .collect()
}

/// A problem if it has a secret field of which nothing says whether it is stored.
fn undecided_secret(one: &DurableType) -> Option<String> {
    let field = one.undecided_secret()?;
    Some(format!(
        "the event `{}` has the secret field `{field}`, which `durable!` would store as it is; derive `Durable` for a type that is not \
         generic, in which `#[durable(secret(..))]` decides",
        one.name()
    ))
}

/// A problem if a parameter of it is not given in its deliveries.
fn wrong_params<DB: Engine>(subscriber: &DurableSubscriber) -> Option<String> {
    #[cfg(feature = "seaorm")]
    let found = wrong_database::<DB>(subscriber).or_else(|| takes_both(subscriber));
    #[cfg(not(feature = "seaorm"))]
    let found = wrong_database::<DB>(subscriber);
    found.or_else(|| unmet_need::<DB>(subscriber))
}

/// A problem if its parameters need more than the transaction of the delivery: no delivery gives anything else.
fn unmet_need<DB: Engine>(subscriber: &DurableSubscriber) -> Option<String> {
    let info = subscriber.info();
    let met = usize::from(takes::<DB>(info) != Takes::Nothing);
    if info.needs().count() <= met {
        return None;
    }
    let needs: Vec<_> = info.needs().map(|need| format!("`{need}`")).collect();
    Some(format!(
        "the durable subscriber {info} is called {}, and a delivery is in the transaction that it takes alone; take `Tx<'_, {}>`, \
         or, with the feature `seaorm` of events-durable, the `Tx` of `events_seaorm`, and no other such parameter",
        needs.join(" and "),
        type_in_code::<DB>()
    ))
}

/// A problem if it takes the transaction of another database.
fn wrong_database<DB: Engine>(subscriber: &DurableSubscriber) -> Option<String> {
    let info = subscriber.info();
    let takes_other = takes_sqlx(info) && !info.has_mark::<Tx<'static, DB>>();
    takes_other.then(|| {
        format!(
            "the durable subscriber {info} takes the transaction of another database than this store; take `Tx<'_, {}>`",
            type_in_code::<DB>()
        )
    })
}

/// The database as code names it, `Sqlite` or `Postgres`.
fn type_in_code<DB>() -> &'static str {
    let name = std::any::type_name::<DB>();
    name.rsplit("::").next().unwrap_or(name)
}

/// A problem if it takes two transactions: a delivery has one.
#[cfg(feature = "seaorm")]
fn takes_both(subscriber: &DurableSubscriber) -> Option<String> {
    let info = subscriber.info();
    let takes_both = takes_sqlx(info) && info.has_mark::<events_seaorm::Tx>();
    takes_both.then(|| {
        format!(
            "the durable subscriber {info} takes a transaction of `events_sqlx` and one of `events_seaorm`, and a delivery is in one \
             transaction; remove one of them"
        )
    })
}

/// Whether it takes a transaction of `events-sqlx`, of any database.
fn takes_sqlx(info: &SubscriberInfo) -> bool {
    let databases: &[fn(&SubscriberInfo) -> bool] = &[
        #[cfg(feature = "sqlite")]
        SubscriberInfo::has_mark::<Tx<'static, sqlx::Sqlite>>,
        #[cfg(feature = "postgres")]
        SubscriberInfo::has_mark::<Tx<'static, sqlx::Postgres>>,
    ];
    databases.iter().any(|takes| takes(info))
}

/// The transaction that it takes.
fn takes<DB: Engine>(info: &SubscriberInfo) -> Takes {
    #[cfg(feature = "seaorm")]
    if info.has_mark::<events_seaorm::Tx>() {
        return Takes::SeaOrm;
    }
    match info.has_mark::<Tx<'static, DB>>() {
        true => Takes::Sqlx,
        false => Takes::Nothing,
    }
}

/// A problem if an event type that it receives is not durable.
fn not_durable(subscriber: &DurableSubscriber) -> Option<String> {
    let received = types().iter().filter(|one| one.is_received_by(subscriber));
    let mut durable: Vec<_> = received.map(DurableType::emitted_topic).collect();
    // Two types may have one topic.
    let topic = subscriber.topics().find(|topic| {
        let found = durable.iter().position(|one| one == topic);
        found.map(|index| durable.swap_remove(index)).is_none()
    })?;
    let info = subscriber.info();
    let is_before_write = ["creating", "updating", "deleting"]
        .iter()
        .any(|moment| is_of_record(topic, moment));
    let remedy = if is_before_write {
        "an event before a write can be vetoed, and is not stored; receive `Created`, `Updated` or `Deleted` of the model, with \
         `#[observed(durable = \"..\")]` on it"
    } else if is_of_record(topic, "") {
        "add `#[observed(durable = \"..\")]` to its model"
    } else {
        "add `#[derive(Durable)]` to it, or write `durable!(..)` for an instance of a generic event"
    };
    Some(format!(
        "the durable subscriber {info} receives the event `{topic}`, which is not durable; {remedy}"
    ))
}

/// Whether a topic is that of an event of records, which ends in this way.
fn is_of_record(topic: &str, end: &str) -> bool {
    topic.starts_with("events::db::") && topic.ends_with(end)
}

/// Warns if its pattern matches a topic under which an event is stored, and not that with which it is emitted.
fn warn_of_stored_topics(subscriber: &DurableSubscriber) {
    let is_missed = |one: &&DurableType| {
        subscriber.has_pattern()
            && subscriber.receives(one.topic())
            && !one.is_received_by(subscriber)
    };
    for missed in types().iter().filter(is_missed) {
        tracing::warn!(
            target: "events_durable",
            subscriber = subscriber.id(),
            topic = missed.topic(),
            "the pattern matches the topic under which the event is stored, and not that of its emit, so that the subscriber does \
             not receive it; write a pattern that matches `{}` as well",
            missed.emitted_topic(),
        );
    }
}

/// Warns if it is called in order for each key, and an event type that it names has none.
fn warn_of_missing_keys(subscriber: &DurableSubscriber) {
    let has_no_key = |one: &&DurableType| !one.has_key() && one.is_received_by(subscriber);
    if !subscriber.info().per_key || subscriber.has_pattern() {
        return;
    }
    for event in types().iter().filter(has_no_key) {
        tracing::warn!(
            target: "events_durable",
            subscriber = subscriber.id(),
            topic = event.topic(),
            "the subscriber is `per_key`, and the event has no key, so that its deliveries have no order; add `#[durable(key = ..)]` to \
             the event, or remove `per_key`",
        );
    }
}
