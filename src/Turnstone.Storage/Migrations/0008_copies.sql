-- What a session knows of its holders: whether its client sends Idempotency-Keys, and which generation was last asked for twice without one.
ALTER TABLE sessions ADD COLUMN sends_keys BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN repeated_generation BIGINT;
ALTER TABLE sessions ADD COLUMN alarmed_at BIGINT;
