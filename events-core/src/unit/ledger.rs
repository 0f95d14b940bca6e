//! The state of a unit of work, which its owner, its savepoints and its handles share.
//!
//! Invariants:
//! - the lowest level is that of the unit, and there is one as long as the unit is open;
//! - places have rising numbers: they rise within a level, and from each level to the one in it;
//! - no user code runs under the lock: what is held is called and dropped without it.

use std::{
    borrow::Cow,
    collections::VecDeque,
    mem,
    sync::{Arc, Mutex, MutexGuard},
};

use super::{
    before_commit::{BeforeCommit, BeforeCommitBox},
    error::{CommitError, Ended, UnitEnded},
};
use crate::{
    context::AttachedValues,
    primitives::{CatchDrop, sync::lock},
};

/// The state of a unit.
pub(crate) struct Ledger(Mutex<State>, pub(super) AttachedValues);

struct State {
    life: Life,
    /// The unit and its open savepoints, innermost last.
    levels: Vec<Level>,
    /// The number of the next place or level.
    next: u64,
}

/// How far a unit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Life {
    Open,
    /// Open, and ready for its commit: no savepoint is opened any more.
    Prepared,
    /// Committed, and what is held is run.
    Ending,
    Committed,
    RolledBack,
}

/// What a unit holds. It is dropped if its emit does not need it any more.
pub(crate) trait HeldItem: Send {
    /// The unit has ended, or the savepoint in which this is held was rolled back. Called without a lock.
    fn end(self: Box<Self>, end: HeldEnd);

    /// The topic of the event; `None` if this is none.
    fn topic(&self) -> Option<Cow<'static, str>>;
}

/// How what is held ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HeldEnd {
    Committed,
    RolledBack,
}

/// What is held, of which a panic while it is dropped is caught.
pub(super) type HeldBox = CatchDrop<Box<dyn HeldItem>>;

/// A unit, or a savepoint in it.
#[derive(Default)]
pub(super) struct Level {
    number: u64,
    /// What is held, by number of its place.
    places: Vec<(u64, Place)>,
    before_commit: VecDeque<BeforeCommitBox>,
}

/// A place for what an emit holds.
enum Place {
    /// The emit is under way.
    Empty,
    Filled(HeldBox),
    /// The emit has ended, and holds nothing. It stays between others: to remove it would take time in proportion to the
    /// number of those behind it.
    Free,
}

impl Place {
    fn into_held(self) -> Option<HeldBox> {
        match self {
            Self::Filled(held) => Some(held),
            Self::Empty | Self::Free => None,
        }
    }
}

/// Where an emit in a unit puts what is held.
pub(crate) enum Placed {
    /// At this place.
    At(OpenPlace),
    /// Nowhere: the unit is committed, and runs what it held. The emit is one without a unit.
    Committed,
}

/// A place that an emit has in a unit, until the emit has ended. It is free when it is dropped.
#[must_use = "the place is free when this is dropped"]
pub(crate) struct OpenPlace {
    ledger: Arc<Ledger>,
    /// `None` once the place is filled.
    number: Option<u64>,
}

impl OpenPlace {
    /// Puts what is held at its place.
    ///
    /// # Errors
    ///
    /// If the unit has ended meanwhile, or its savepoint was rolled back.
    pub(crate) fn fill(mut self, held: Box<dyn HeldItem>) -> Result<(), UnitEnded> {
        let held = CatchDrop::new(held);
        let number = self.number.take();
        let mut state = self.ledger.state();
        let Some(place) = number.and_then(|number| state.place(number)) else {
            let ended = state.ended().unwrap_or(UnitEnded(Ended::Savepoint));
            drop(state);
            drop(held);
            return Err(ended);
        };
        *place = Place::Filled(held);
        Ok(())
    }
}

impl Drop for OpenPlace {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            self.ledger.free(number);
        }
    }
}

impl State {
    /// The place with this number, if it is still there.
    fn place(&mut self, number: u64) -> Option<&mut Place> {
        self.levels.iter_mut().rev().find_map(|level| {
            let index = level.index_of(number)?;
            Some(&mut level.places[index].1)
        })
    }

    /// A new number.
    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Whether emits have a place in the unit.
    fn is_open(&self) -> bool {
        matches!(self.life, Life::Open | Life::Prepared)
    }

    /// How the unit has ended; `None` if emits have a place in it.
    fn ended(&self) -> Option<UnitEnded> {
        match self.life {
            Life::Open | Life::Prepared => None,
            Life::Ending | Life::Committed => Some(UnitEnded(Ended::Committed)),
            Life::RolledBack => Some(UnitEnded(Ended::RolledBack)),
        }
    }

    /// An error if the unit has ended, or is prepared.
    fn check_unprepared(&self) -> Result<(), UnitEnded> {
        match self.life {
            Life::Prepared => Err(UnitEnded(Ended::Committed)),
            _ => self.ended().map_or(Ok(()), Err),
        }
    }
}

impl Level {
    fn index_of(&self, number: u64) -> Option<usize> {
        let by_number = |(other, _): &(u64, Place)| *other;
        self.places.binary_search_by_key(&number, by_number).ok()
    }

    /// The topics of the events that it holds.
    pub(super) fn topics(&self) -> impl Iterator<Item = Cow<'static, str>> {
        self.places.iter().filter_map(|(_, place)| match place {
            Place::Filled(held) => held.topic(),
            Place::Empty | Place::Free => None,
        })
    }

    /// What it holds. The functions before the commit are dropped.
    pub(super) fn into_held(self) -> impl Iterator<Item = HeldBox> {
        self.places
            .into_iter()
            .filter_map(|(_, place)| place.into_held())
    }
}

impl Ledger {
    pub(super) fn new() -> Self {
        Self(
            Mutex::new(State {
                life: Life::Open,
                levels: vec![Level::default()],
                next: 0,
            }),
            AttachedValues::default(),
        )
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.0)
    }

    /// A place for what an emit holds, behind those of emits that began before it.
    pub(super) fn open_place(self: &Arc<Self>) -> Result<Placed, UnitEnded> {
        let mut state = self.state();
        if state.life == Life::Ending {
            return Ok(Placed::Committed);
        }
        if let Some(ended) = state.ended() {
            return Err(ended);
        }
        let number = state.number();
        if let Some(level) = state.levels.last_mut() {
            level.places.push((number, Place::Empty));
        }
        drop(state);
        Ok(Placed::At(OpenPlace {
            ledger: Arc::clone(self),
            number: Some(number),
        }))
    }

    fn free(&self, number: u64) {
        let mut state = self.state();
        for level in state.levels.iter_mut().rev() {
            let Some(index) = level.index_of(number) else {
                continue;
            };
            // The place is empty: nothing is dropped under the lock.
            level.places[index].1 = Place::Free;
            let is_free = |(_, place): &mut (u64, Place)| matches!(place, Place::Free);
            while level.places.pop_if(is_free).is_some() {}
            return;
        }
    }

    /// Holds this behind what is held so far. If the unit is being ended by its commit, it is returned, and is to end at once.
    pub(super) fn hold(
        self: &Arc<Self>,
        held: Box<dyn HeldItem>,
    ) -> Result<Option<HeldBox>, UnitEnded> {
        let held = CatchDrop::new(held);
        match self.open_place()? {
            Placed::At(place) => place.fill(held.into_inner()).map(|()| None),
            Placed::Committed => Ok(Some(held)),
        }
    }

    /// Holds this behind what is held so far, if the unit is open. Else it is returned.
    pub(super) fn hold_if_open<H: HeldItem + 'static>(&self, held: H) -> Result<(), H> {
        let mut state = self.state();
        if !state.is_open() {
            drop(state);
            return Err(held);
        }
        let number = state.number();
        if let Some(level) = state.levels.last_mut() {
            let place = Place::Filled(CatchDrop::new(Box::new(held)));
            level.places.push((number, place));
        }
        Ok(())
    }

    /// How the unit has ended; `None` if an emit has a place in it.
    pub(super) fn ended(&self) -> Option<UnitEnded> {
        self.state().ended()
    }

    /// Whether an emit has a place in it.
    pub(super) fn is_open(&self) -> bool {
        self.state().is_open()
    }

    pub(super) fn add_before_commit(&self, step: BeforeCommit) -> Result<(), UnitEnded> {
        let step = CatchDrop::new(step); // with an error it is dropped after the lock, which is taken behind it
        let mut state = self.state();
        state.check_unprepared()?;
        if let Some(level) = state.levels.last_mut() {
            level.before_commit.push_back(step);
        }
        Ok(())
    }

    /// The next function that is to run before the commit; `None` if there is none left: then the unit is prepared. An error if
    /// a savepoint is open.
    pub(super) fn next_before_commit(&self) -> Result<Option<BeforeCommit>, CommitError> {
        let mut state = self.state();
        match &mut *state.levels {
            [level] => {
                let step = level.before_commit.pop_front();
                if step.is_none() {
                    state.life = Life::Prepared;
                }
                Ok(step.map(CatchDrop::into_inner))
            }
            _ => Err(CommitError::OpenSavepoint),
        }
    }

    /// Opens a savepoint, and returns its number.
    pub(super) fn open_level(&self) -> Result<u64, UnitEnded> {
        let mut state = self.state();
        state.check_unprepared()?;
        let number = state.number();
        state.levels.push(Level {
            number,
            ..Level::default()
        });
        Ok(number)
    }

    /// Whether a savepoint is open.
    pub(super) fn has_level(&self, number: u64) -> bool {
        let state = self.state();
        state.levels.iter().any(|level| level.number == number)
    }

    /// Releases the innermost savepoint: what it holds belongs to the level around it. Returns whether it is the innermost.
    pub(super) fn release(&self, number: u64) -> bool {
        let mut state = self.state();
        let released = state.levels.pop_if(|level| level.number == number);
        match (released, state.levels.last_mut()) {
            (Some(mut released), Some(around)) => {
                around.places.append(&mut released.places);
                around.before_commit.append(&mut released.before_commit);
                true
            }
            _ => false,
        }
    }

    /// Rolls back a savepoint and those in it, if it is open, and returns them.
    pub(super) fn roll_back_to(&self, number: u64) -> Vec<Level> {
        let mut state = self.state();
        let index = state.levels.iter().position(|level| level.number == number);
        index.map_or_else(Vec::new, |index| state.levels.split_off(index))
    }

    /// Begins to commit the unit, and returns it: what it holds is to be run, and then its commit is finished.
    pub(super) fn begin_commit(&self) -> Vec<Level> {
        self.end(Life::Ending)
    }

    pub(super) fn finish_commit(&self) {
        self.state().life = Life::Committed;
    }

    /// Rolls back the unit, unless it has ended, and returns it with its savepoints.
    pub(super) fn roll_back(&self) -> Vec<Level> {
        self.end(Life::RolledBack)
    }

    fn end(&self, life: Life) -> Vec<Level> {
        let mut state = self.state();
        if !state.is_open() {
            return Vec::new();
        }
        state.life = life;
        mem::take(&mut state.levels)
    }

    /// Takes out what the unit holds outside of its open savepoints.
    pub(super) fn take_held(&self) -> Vec<HeldBox> {
        let mut state = self.state();
        let Some(level) = state.levels.first_mut() else {
            return Vec::new();
        };
        let is_filled = |(_, place): &mut (u64, Place)| matches!(place, Place::Filled(_));
        let filled = level.places.extract_if(.., is_filled);
        filled.filter_map(|(_, place)| place.into_held()).collect()
    }

    /// Whether an open savepoint holds anything.
    pub(super) fn holds_in_savepoints(&self) -> bool {
        let state = self.state();
        let mut places = state.levels.iter().skip(1).flat_map(|level| &level.places);
        places.any(|(_, place)| matches!(place, Place::Filled(_)))
    }

    /// How many events with this topic are held.
    pub(super) fn count_held(&self, topic: &str) -> usize {
        let held = |level: &Level| level.topics().filter(|held| held == topic).count();
        self.state().levels.iter().map(held).sum()
    }

    /// How many savepoints are open, and how much is held.
    pub(super) fn counts(&self) -> (usize, usize) {
        let state = self.state();
        let places = state.levels.iter().flat_map(|level| &level.places);
        let held = places.filter(|(_, place)| !matches!(place, Place::Free));
        (state.levels.len().saturating_sub(1), held.count())
    }
}
