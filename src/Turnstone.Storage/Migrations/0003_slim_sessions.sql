-- There are more sessions than anything else, so each column is as narrow as it can be, the wide ones first (PostgreSQL pads between), those that a refresh moves
-- together, so that its write-ahead log holds only them. How often a session was refreshed is its generation. A subject that is the account's id is not written twice.
-- The indexes hold the holder alone: equal entries of one holder are then stored once, with a list of rows.
CREATE TABLE slim_sessions (
    created_at         BIGINT  NOT NULL,
    advanced_at        BIGINT  NOT NULL,
    access_expires_at  BIGINT  NOT NULL,
    refresh_expires_at BIGINT  NOT NULL,
    last_used_at       BIGINT  NOT NULL,
    longest_access     BIGINT  NOT NULL,
    ends_at            BIGINT,
    revoked_at         BIGINT,
    generation         INTEGER NOT NULL,
    replays            INTEGER NOT NULL,
    version            INTEGER NOT NULL,
    refreshable        SMALLINT NOT NULL,
    id                 {bytes} NOT NULL PRIMARY KEY,
    contract           TEXT    NOT NULL,
    grant_kind         TEXT    NOT NULL,
    scopes             TEXT    NOT NULL,
    opened_network     TEXT    NOT NULL,
    account_id         {bytes},
    client_id          TEXT,
    api_key_id         {bytes},
    subject            TEXT,
    advance_key_hash   {bytes},
    revoked_for        TEXT,
    opened_agent       TEXT
) {hot};

INSERT INTO slim_sessions (
    created_at, advanced_at, access_expires_at, refresh_expires_at, last_used_at, longest_access, ends_at, revoked_at, generation, replays, version, refreshable,
    id, contract, grant_kind, scopes, opened_network, account_id, client_id, api_key_id, subject, advance_key_hash, revoked_for, opened_agent)
SELECT
    created_at, advanced_at, access_expires_at, refresh_expires_at, last_used_at, longest_access, ends_at, revoked_at, generation, replays, version, refreshable,
    id, contract, grant_kind, scopes, opened_network, account_id, client_id, api_key_id, subject, advance_key_hash, revoked_for, opened_agent
FROM sessions;

DROP TABLE sessions;
ALTER TABLE slim_sessions RENAME TO sessions;
CREATE INDEX sessions_of_account ON sessions (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX sessions_of_client ON sessions (client_id) WHERE client_id IS NOT NULL;
CREATE INDEX sessions_of_api_key ON sessions (api_key_id) WHERE api_key_id IS NOT NULL;
CREATE INDEX sessions_revoked ON sessions (revoked_at) WHERE revoked_at IS NOT NULL;
