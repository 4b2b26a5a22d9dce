-- Devices that wait for a person (RFC 8628), by the keyed hash of the device code. What was allowed has a row of the same hash in codes.
CREATE TABLE device_authorizations (
    hash           {bytes} NOT NULL PRIMARY KEY,
    user_code_hash {bytes} NOT NULL,
    client_id      TEXT    NOT NULL,
    contract       TEXT    NOT NULL,
    scopes         TEXT    NOT NULL,
    network        TEXT    NOT NULL,
    agent          TEXT,
    created_at     BIGINT  NOT NULL,
    expires_at     BIGINT  NOT NULL,
    poll_interval  BIGINT  NOT NULL,
    polled_at      BIGINT,
    answer         TEXT
);
CREATE UNIQUE INDEX device_authorizations_by_user_code ON device_authorizations (user_code_hash);
CREATE INDEX device_authorizations_by_end ON device_authorizations (expires_at);
