-- A removed secret raises a client's epoch and leaves its programs' tokens alive: their session follows a count of its own, which goes up only when they are ended.
ALTER TABLE clients ADD COLUMN standing_epoch BIGINT NOT NULL DEFAULT 0;
UPDATE clients SET standing_epoch = epoch;
