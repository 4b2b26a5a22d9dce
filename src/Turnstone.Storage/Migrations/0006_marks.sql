-- A holder's sessions are ended by one row, however many they are: every session that was opened before it is over.
-- Marks are numbered in the order of their commits, and each session knows the last number before it.
CREATE TABLE marks (
    number         BIGINT  NOT NULL PRIMARY KEY,
    holder         TEXT    NOT NULL,
    at             BIGINT  NOT NULL,
    reason         TEXT    NOT NULL,
    except_session {bytes}
);
CREATE TABLE counters (
    name   TEXT   NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL
);
INSERT INTO counters (name, number) VALUES ('mark', 0), ('change', 0);

ALTER TABLE sessions ADD COLUMN opened_after BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN subscription_id {bytes};
ALTER TABLE sessions ADD COLUMN subscription_key TEXT;

-- Sessions that are revoked one by one are read by the number of the change, each once. A server of the version before
-- gives none: what it revokes is found by the time, in an index that is empty once there is none. The index
-- sessions_revoked is for such servers alone; the next migration drops it.
ALTER TABLE sessions ADD COLUMN revoked_number BIGINT;
CREATE INDEX sessions_by_change ON sessions (revoked_number) WHERE revoked_number IS NOT NULL;
CREATE INDEX sessions_without_change ON sessions (revoked_at) WHERE revoked_at IS NOT NULL AND revoked_number IS NULL;
{marks}

-- Counts the saves: two who change the same key do not undo each other.
ALTER TABLE api_keys ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;
