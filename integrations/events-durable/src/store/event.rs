//! An event as it is stored.

/// An event to store.
#[derive(Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// Unique among all events. Only SQLite checks this.
    pub id: String,
    /// Its topic, by which it is routed.
    pub topic: String,
    /// Events of one key are delivered in the order of their commits to the subscribers that are `per_key`.
    pub key: Option<String>,
    /// The version of the type of the event.
    pub version: i32,
    /// When it was emitted, in milliseconds since 1970. It decides how long the event is kept, and nothing about deliveries.
    pub time: i64,
    /// Not delivered before, in milliseconds since 1970. `None`: at once, whatever the clock of this program.
    ///
    /// An event that is due later than its insert has no place in the order of its key until then, so that it does not block the
    /// key. Then it has the place of its `seq`.
    pub due: Option<i64>,
    /// The span of the emit, as text.
    pub trace: Option<String>,
    /// The id of the event whose handler emitted it.
    pub parent: Option<String>,
    /// The name of the codec of `data`.
    pub codec: String,
    /// The payload, without the character NUL, which PostgreSQL does not store in a text.
    pub data: String,
}

/// An event that was read. Its columns are those of [`NewEvent`].
#[derive(Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Its place in the order of all events.
    pub seq: i64,
    /// See [`NewEvent::id`].
    pub id: String,
    /// See [`NewEvent::topic`].
    pub topic: String,
    /// See [`NewEvent::key`].
    pub key: Option<String>,
    /// See [`NewEvent::version`].
    pub version: i32,
    /// See [`NewEvent::time`].
    pub time: i64,
    /// See [`NewEvent::due`].
    pub due: Option<i64>,
    /// See [`NewEvent::trace`].
    pub trace: Option<String>,
    /// See [`NewEvent::parent`].
    pub parent: Option<String>,
    /// See [`NewEvent::codec`].
    pub codec: String,
    /// See [`NewEvent::data`].
    pub data: String,
}

// Without the payload, which must not get into logs.
impl std::fmt::Debug for StoredEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredEvent")
            .field("seq", &self.seq)
            .field("id", &self.id)
            .field("topic", &self.topic)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for NewEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewEvent")
            .field("id", &self.id)
            .field("topic", &self.topic)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}
