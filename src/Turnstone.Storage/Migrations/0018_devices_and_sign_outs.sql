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

-- From which sign-in in the portal a code, and the session that it opened, began: with that sign-in the client's session ends.
ALTER TABLE codes ADD COLUMN sign_in {bytes};
ALTER TABLE sessions ADD COLUMN sign_in {bytes};

-- Where a client's users are sent after they have signed out, and where the client is told that somebody has.
ALTER TABLE clients ADD COLUMN post_logout_redirect_uris TEXT;
ALTER TABLE clients ADD COLUMN backchannel_logout_uri TEXT;
ALTER TABLE clients ADD COLUMN backchannel_logout_session BIGINT;

-- Notices to clients that a session has ended, sealed; as letters wait.
CREATE TABLE logout_notices (
    id         {bytes} NOT NULL PRIMARY KEY,
    sealed     {bytes} NOT NULL,
    created_at BIGINT  NOT NULL,
    due_at     BIGINT  NOT NULL,
    tries      BIGINT  NOT NULL
);
CREATE INDEX logout_notices_by_due ON logout_notices (due_at);
