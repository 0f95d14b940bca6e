-- The payload is text. An id is a UUID that the program of the emit has made. No statement looks for one, so that there is no index of
-- ids: it would take an eighth of the time of storing an event.
CREATE TABLE ev_event (
    seq BIGSERIAL PRIMARY KEY,
    id TEXT NOT NULL,
    topic TEXT NOT NULL,
    key TEXT,
    version INT NOT NULL,
    time BIGINT NOT NULL,
    due BIGINT,
    trace TEXT,
    parent TEXT,
    codec TEXT NOT NULL,
    data TEXT NOT NULL
);
CREATE TABLE ev_topic (topic TEXT PRIMARY KEY);
CREATE TABLE ev_route (
    topic TEXT NOT NULL,
    subscriber TEXT NOT NULL,
    per_key BOOLEAN NOT NULL,
    PRIMARY KEY (topic, subscriber)
);
-- Events that all subscribers have, and since when: the time of the first purge that found none of their deliveries.
CREATE TABLE ev_kept (seq BIGINT PRIMARY KEY, since BIGINT NOT NULL);
CREATE TABLE ev_pause (subscriber TEXT PRIMARY KEY, since BIGINT NOT NULL);
-- state: 0 waiting for an earlier one of its key, 1 ready, 2 ready and an attempt of it was lost, 3 held,
--        4 dead and blocking its key, 5 dead and passed over, 6 delayed, and outside of the order of its key until it is due.
-- Those up to 4 block the later ones of their key.
-- key: that of the event if the subscriber is per_key. due: the next attempt, or the end of the lease.
CREATE TABLE ev_delivery (
    seq BIGINT NOT NULL,
    subscriber TEXT NOT NULL,
    key TEXT,
    state INT NOT NULL,
    due BIGINT NOT NULL,
    fence INT NOT NULL DEFAULT 0,
    failed INT NOT NULL DEFAULT 0,
    lost INT NOT NULL DEFAULT 0,
    error TEXT,
    PRIMARY KEY (seq, subscriber)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX ev_ready ON ev_delivery (subscriber, due, seq) WHERE state = 1;
CREATE INDEX ev_delayed ON ev_delivery (subscriber, due, seq) WHERE state = 6;
CREATE INDEX ev_held ON ev_delivery (subscriber, due, seq) WHERE state IN (2, 3);
CREATE INDEX ev_dead ON ev_delivery (subscriber, seq) WHERE state IN (4, 5);
CREATE INDEX ev_key ON ev_delivery (subscriber, key, seq) WHERE key IS NOT NULL AND state <= 4;
CREATE INDEX ev_key_held ON ev_delivery (subscriber, key) WHERE key IS NOT NULL AND state = 3;

-- The key alone, never with the topic. A transaction has at most 4,096 of these locks, so that the table of locks has room.
CREATE FUNCTION ev_bucket(p_key TEXT) RETURNS INT LANGUAGE sql IMMUTABLE AS
    $$SELECT hashtext(p_key) & 4095$$;
-- The space of these locks. Locks are those of the database: tables of another schema have another space.
CREATE FUNCTION ev_space() RETURNS INT LANGUAGE sql STABLE AS
    $$SELECT 1702257006 # 'ev_delivery'::regclass::oid::int$$;

-- Volatile functions in plpgsql: each statement sees what was committed before it, so also what another transaction committed
-- before it released a lock that the statement before has waited for.
CREATE FUNCTION ev_insert(
    p_id TEXT[], p_topic TEXT[], p_key TEXT[], p_version INT[], p_time BIGINT[], p_due BIGINT[], p_trace TEXT[],
    p_parent TEXT[], p_codec TEXT[], p_data TEXT[]
) RETURNS VOID LANGUAGE plpgsql
-- Without these settings the statements are planned anew at each call. A generic plan knows neither how many values there are nor how
-- large the tables are when it is used: it is to join by hash, and to look deliveries up in an index.
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_nestloop = off
AS $$
DECLARE
    -- The snapshot is older than the lock, so that it may show deliveries that are done: all are ready, and claims check the key.
    is_old BOOLEAN := current_setting('transaction_isolation') <> 'read committed';
    p_now BIGINT := (extract(epoch FROM now()) * 1000)::bigint;
    has_keys BOOLEAN := EXISTS (SELECT FROM unnest(p_key) k WHERE k IS NOT NULL);
    p_seq BIGINT[];
    -- The routes, which are read once: another transaction may change them.
    r_topic TEXT[];
    r_subscriber TEXT[];
    r_per_key BOOLEAN[];
BEGIN
    IF has_keys THEN
        PERFORM pg_advisory_xact_lock(ev_space(), b.bucket)
            FROM (SELECT DISTINCT ev_bucket(k) AS bucket FROM unnest(p_key) k WHERE k IS NOT NULL ORDER BY 1) b;
    END IF;
    p_seq := ARRAY(SELECT nextval('ev_event_seq_seq') FROM generate_series(1, cardinality(p_id)));
    -- `unnest` in a list of columns stores no intermediate rows, as `FROM unnest(p_seq, ..)` does for each array.
    INSERT INTO ev_event (seq, id, topic, key, version, time, due, trace, parent, codec, data)
        SELECT unnest(p_seq), unnest(p_id), unnest(p_topic), unnest(p_key), unnest(p_version), unnest(p_time), unnest(p_due),
            unnest(p_trace), unnest(p_parent), unnest(p_codec), unnest(p_data);
    SELECT array_agg(r.topic), array_agg(r.subscriber), array_agg(r.per_key AND has_keys)
        INTO r_topic, r_subscriber, r_per_key
        FROM ev_route r WHERE r.topic IN (SELECT unnest(p_topic));
    IF FALSE = ANY (r_per_key) OR EXISTS (SELECT FROM unnest(p_key) k WHERE k IS NULL) THEN
        INSERT INTO ev_delivery (seq, subscriber, state, due)
        SELECT e.seq, r.subscriber, 1, coalesce(e.due, p_now)
        FROM (SELECT unnest(p_seq) AS seq, unnest(p_topic) AS topic, unnest(p_key) AS key, unnest(p_due) AS due) e
            JOIN unnest(r_topic, r_subscriber, r_per_key) r(topic, subscriber, per_key) ON r.topic = e.topic
        WHERE NOT r.per_key OR e.key IS NULL;
    END IF;
    IF TRUE = ANY (r_per_key) THEN
        INSERT INTO ev_delivery (seq, subscriber, key, state, due)
        SELECT e.seq, r.subscriber, e.key,
            CASE
                WHEN e.due > p_now THEN 6
                WHEN is_old THEN 1
                WHEN row_number() OVER (PARTITION BY r.subscriber, e.key, coalesce(e.due > p_now, FALSE) ORDER BY e.seq) = 1
                    AND NOT EXISTS (SELECT FROM ev_delivery b
                        WHERE b.subscriber = r.subscriber AND b.key = e.key AND b.key IS NOT NULL AND b.state <= 4) THEN 1
                ELSE 0
            END,
            coalesce(e.due, p_now)
        FROM (SELECT unnest(p_seq) AS seq, unnest(p_topic) AS topic, unnest(p_key) AS key, unnest(p_due) AS due) e
            JOIN unnest(r_topic, r_subscriber, r_per_key) r(topic, subscriber, per_key) ON r.topic = e.topic
        WHERE r.per_key AND e.key IS NOT NULL;
    END IF;
END $$;

-- The same for one event with a key, without arrays.
CREATE FUNCTION ev_insert_one(
    p_id TEXT, p_topic TEXT, p_key TEXT, p_version INT, p_time BIGINT, p_due BIGINT, p_trace TEXT, p_parent TEXT,
    p_codec TEXT, p_data TEXT
) RETURNS VOID LANGUAGE plpgsql
-- As for `ev_insert`.
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off
AS $$
DECLARE
    -- The snapshot is older than the lock, so that it may show deliveries that are done: all are ready, and claims check the key.
    is_old BOOLEAN := current_setting('transaction_isolation') <> 'read committed';
    p_now BIGINT := (extract(epoch FROM now()) * 1000)::bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(ev_space(), ev_bucket(p_key));
    WITH e AS (
        INSERT INTO ev_event (id, topic, key, version, time, due, trace, parent, codec, data)
        VALUES (p_id, p_topic, p_key, p_version, p_time, p_due, p_trace, p_parent, p_codec, p_data)
        RETURNING seq
    )
    INSERT INTO ev_delivery (seq, subscriber, key, state, due)
    SELECT e.seq, r.subscriber, CASE WHEN r.per_key THEN p_key END,
        CASE
            WHEN NOT r.per_key THEN 1
            WHEN p_due > p_now THEN 6
            WHEN is_old THEN 1
            WHEN EXISTS (SELECT FROM ev_delivery b
                WHERE b.subscriber = r.subscriber AND b.key = p_key AND b.key IS NOT NULL AND b.state <= 4) THEN 0
            ELSE 1
        END,
        coalesce(p_due, p_now)
    FROM e, ev_route r WHERE r.topic = p_topic;
END $$;

-- The state 0 saves a look at those that wait for their key. The checks of the key are what makes the order sure. One that is held
-- and whose lease has ended still has its key.
CREATE FUNCTION ev_claim(p_subscriber TEXT, p_limit INT, p_lease BIGINT, p_most INT)
RETURNS TABLE (
    o_fence INT, o_failed INT, o_lost INT, o_per_key BOOLEAN,
    seq BIGINT, id TEXT, topic TEXT, key TEXT, version INT, "time" BIGINT, due BIGINT, trace TEXT, parent TEXT, codec TEXT, data TEXT
) LANGUAGE plpgsql
-- One plan, whatever the statistics: the partial indexes, in their order. The plan is for any limit, so that its estimate grows with
-- the table; it is not to be compiled for that.
SET jit = off SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off
SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
    p_seq BIGINT;
    p_key TEXT;
    p_now BIGINT := (extract(epoch FROM now()) * 1000)::bigint;
BEGIN
    IF EXISTS (SELECT FROM ev_pause p WHERE p.subscriber = p_subscriber) THEN
        RETURN;
    END IF;
    -- Those that may have ended the process: alone, and one at a time for the subscriber. Plain statements before those that lock.
    IF EXISTS (SELECT FROM ev_delivery d WHERE d.subscriber = p_subscriber AND d.state IN (2, 3) AND d.due <= p_now)
        AND pg_try_advisory_xact_lock(ev_space() # 1, hashtext(p_subscriber))
    THEN
        PERFORM set_config('synchronous_commit', 'off', true);
        RETURN QUERY
        WITH c AS MATERIALIZED (
            SELECT d.seq FROM ev_delivery d
            WHERE d.subscriber = p_subscriber AND d.state IN (2, 3) AND d.due <= p_now
                AND (d.state = 2 OR d.failed + d.lost + 1 < p_most)
                AND NOT EXISTS (SELECT FROM ev_delivery b
                    WHERE b.subscriber = p_subscriber AND b.state IN (2, 3) AND b.state = 3 AND b.lost > 0 AND b.due > p_now)
                AND (d.key IS NULL OR d.state = 3 OR (
                    NOT EXISTS (SELECT FROM ev_delivery b
                        WHERE b.subscriber = d.subscriber AND b.key = d.key AND b.key IS NOT NULL AND b.state <= 4 AND b.seq < d.seq)
                    AND NOT EXISTS (SELECT FROM ev_delivery b
                        WHERE b.subscriber = d.subscriber AND b.key = d.key AND b.key IS NOT NULL AND b.state = 3)))
            ORDER BY d.due, d.seq LIMIT 1 FOR UPDATE OF d SKIP LOCKED
        )
        UPDATE ev_delivery d SET state = 3, fence = d.fence + 1, due = p_now + p_lease,
            lost = CASE WHEN d.state = 3 THEN d.lost + 1 ELSE d.lost END
        FROM c JOIN ev_event e ON e.seq = c.seq
        WHERE d.seq = c.seq AND d.subscriber = p_subscriber
        RETURNING d.fence, d.failed, d.lost, d.key IS NOT NULL,
            e.seq, e.id, e.topic, e.key, e.version, e.time, e.due, e.trace, e.parent, e.codec, e.data;
        IF FOUND THEN
            RETURN;
        END IF;
    END IF;
    -- Those that are due now take their places.
    FOR p_seq, p_key IN SELECT d.seq, d.key FROM ev_delivery d
        WHERE d.subscriber = p_subscriber AND d.state = 6 AND d.due <= p_now ORDER BY d.due, d.seq LIMIT p_limit
    LOOP
        IF pg_try_advisory_xact_lock(ev_space(), ev_bucket(p_key)) THEN
            UPDATE ev_delivery d SET state = 0 WHERE d.seq = p_seq AND d.subscriber = p_subscriber AND d.state = 6;
            PERFORM ev_reorder_locked(p_subscriber, p_key);
        END IF;
    END LOOP;
    IF NOT EXISTS (SELECT FROM ev_delivery d WHERE d.subscriber = p_subscriber AND d.state = 1 AND d.due <= p_now) THEN
        RETURN;
    END IF;
    PERFORM set_config('synchronous_commit', 'off', true);
    RETURN QUERY
    WITH c AS MATERIALIZED (
        SELECT d.seq FROM ev_delivery d
        WHERE d.subscriber = p_subscriber AND d.state = 1 AND d.due <= p_now
            AND (d.key IS NULL OR (
                    NOT EXISTS (SELECT FROM ev_delivery b
                        WHERE b.subscriber = d.subscriber AND b.key = d.key AND b.key IS NOT NULL AND b.state <= 4 AND b.seq < d.seq)
                    AND NOT EXISTS (SELECT FROM ev_delivery b
                        WHERE b.subscriber = d.subscriber AND b.key = d.key AND b.key IS NOT NULL AND b.state = 3)))
        ORDER BY d.due, d.seq LIMIT p_limit FOR UPDATE OF d SKIP LOCKED
    )
    UPDATE ev_delivery d SET state = 3, fence = d.fence + 1, due = p_now + p_lease
    FROM c JOIN ev_event e ON e.seq = c.seq
    WHERE d.seq = c.seq AND d.subscriber = p_subscriber
    RETURNING d.fence, d.failed, d.lost, d.key IS NOT NULL,
        e.seq, e.id, e.topic, e.key, e.version, e.time, e.due, e.trace, e.parent, e.codec, e.data;
END $$;

-- Makes the first delivery of a key ready. The lock of the key is held.
CREATE FUNCTION ev_promote_locked(p_subscriber TEXT, p_key TEXT) RETURNS BOOLEAN LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off
AS $$
BEGIN
    UPDATE ev_delivery d SET state = CASE WHEN d.lost > 0 THEN 2 ELSE 1 END
    WHERE d.subscriber = p_subscriber AND d.state = 0
        AND d.seq = (SELECT b.seq FROM ev_delivery b
            WHERE b.subscriber = p_subscriber AND b.key = p_key AND b.key IS NOT NULL AND b.state <= 4 ORDER BY b.seq LIMIT 1)
        AND NOT EXISTS (SELECT FROM ev_delivery b
            WHERE b.subscriber = p_subscriber AND b.key = p_key AND b.key IS NOT NULL AND b.state = 3);
    RETURN FOUND;
END $$;

-- The same when the first delivery of a key is a new one: another one may be ready, and be claimed at this moment. Its row is
-- waited for; then it is held, or not ready.
CREATE FUNCTION ev_reorder_locked(p_subscriber TEXT, p_key TEXT) RETURNS BOOLEAN LANGUAGE plpgsql AS $$
BEGIN
    UPDATE ev_delivery d SET state = 0
    WHERE d.subscriber = p_subscriber AND d.key = p_key AND d.key IS NOT NULL AND d.state <= 4 AND d.state IN (1, 2);
    RETURN ev_promote_locked(p_subscriber, p_key);
END $$;

CREATE FUNCTION ev_reorder(p_subscriber TEXT, p_key TEXT) RETURNS BOOLEAN LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(ev_space(), ev_bucket(p_key));
    RETURN ev_reorder_locked(p_subscriber, p_key);
END $$;

CREATE FUNCTION ev_promote(p_subscriber TEXT, p_key TEXT) RETURNS BOOLEAN LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(ev_space(), ev_bucket(p_key));
    RETURN ev_promote_locked(p_subscriber, p_key);
END $$;

-- 0: the claim is void. 1: done. 2: done, and the next one of its key is to be made ready after the commit: an insert has the lock
-- of the key, for which a transaction with other locks does not wait, or the snapshot is older than what was inserted last.
CREATE FUNCTION ev_done(p_seq BIGINT, p_subscriber TEXT, p_fence INT) RETURNS INT LANGUAGE plpgsql AS $$
DECLARE
    p_key TEXT;
BEGIN
    DELETE FROM ev_delivery d WHERE d.seq = p_seq AND d.subscriber = p_subscriber AND d.fence = p_fence AND d.state = 3
        RETURNING d.key INTO p_key;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    IF p_key IS NULL THEN
        RETURN 1;
    END IF;
    IF current_setting('transaction_isolation') <> 'read committed'
        OR NOT pg_try_advisory_xact_lock(ev_space(), ev_bucket(p_key))
    THEN
        RETURN 2;
    END IF;
    PERFORM ev_promote_locked(p_subscriber, p_key);
    RETURN 1;
END $$;
