-- What a next version may bring, for the scenario of a rolling upgrade: old nodes go on serving on a store that has it
-- already.
ALTER TABLE sessions ADD COLUMN next_note TEXT;
ALTER TABLE clients ADD COLUMN next_level BIGINT NOT NULL DEFAULT 0;
CREATE TABLE next_things (
    id   {bytes} NOT NULL PRIMARY KEY,
    name TEXT    NOT NULL
);
CREATE INDEX next_things_by_name ON next_things (name);
