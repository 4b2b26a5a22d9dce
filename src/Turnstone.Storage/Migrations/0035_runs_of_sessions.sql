-- The sessions of an API key are found by runs too (ADR 52): a login changes nothing at a random place.
INSERT INTO index_state (source, announced, next_run, complete) VALUES (2, 0, 1, 0);
INSERT INTO index_runs (source, run) VALUES (2, 0);

-- How many rows it was made of, and when: neighbours with few rows become one.
ALTER TABLE index_runs ADD COLUMN size BIGINT NOT NULL DEFAULT 32768;
ALTER TABLE index_runs ADD COLUMN made_at BIGINT NOT NULL DEFAULT 0;
