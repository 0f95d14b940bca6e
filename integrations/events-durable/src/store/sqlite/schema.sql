-- As on PostgreSQL; see there for the meaning of `state` and `due`. Only here ids have an index: the deliveries of a batch are found by
-- the id of its first event.
CREATE TABLE ev_event (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    topic TEXT NOT NULL,
    key TEXT,
    version INTEGER NOT NULL,
    time INTEGER NOT NULL,
    due INTEGER,
    trace TEXT,
    parent TEXT,
    codec TEXT NOT NULL,
    data TEXT NOT NULL
);
CREATE TABLE ev_topic (topic TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE ev_route (
    topic TEXT NOT NULL,
    subscriber TEXT NOT NULL,
    per_key BOOLEAN NOT NULL,
    PRIMARY KEY (topic, subscriber)
) WITHOUT ROWID;
CREATE TABLE ev_kept (seq INTEGER PRIMARY KEY, since INTEGER NOT NULL);
CREATE TABLE ev_pause (subscriber TEXT PRIMARY KEY, since INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE ev_delivery (
    seq INTEGER NOT NULL,
    subscriber TEXT NOT NULL,
    key TEXT,
    state INTEGER NOT NULL,
    due INTEGER NOT NULL,
    fence INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    lost INTEGER NOT NULL DEFAULT 0,
    error TEXT,
    PRIMARY KEY (seq, subscriber)
) WITHOUT ROWID;
CREATE INDEX ev_ready ON ev_delivery (subscriber, due, seq) WHERE state = 1;
CREATE INDEX ev_delayed ON ev_delivery (subscriber, due, seq) WHERE state = 6;
CREATE INDEX ev_held ON ev_delivery (subscriber, due, seq) WHERE state IN (2, 3);
CREATE INDEX ev_dead ON ev_delivery (subscriber, seq) WHERE state IN (4, 5);
CREATE INDEX ev_key ON ev_delivery (subscriber, key, seq) WHERE key IS NOT NULL AND state <= 4;
CREATE INDEX ev_key_held ON ev_delivery (subscriber, key) WHERE key IS NOT NULL AND state = 3;
