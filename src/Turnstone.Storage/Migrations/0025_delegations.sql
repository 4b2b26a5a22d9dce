-- Who acts for whom by exchanged tokens (RFC 8693), for the person to see and to end. It decides nothing.
CREATE TABLE delegations (
    account_id   {bytes} NOT NULL,
    client_id    TEXT    NOT NULL,
    scopes       TEXT    NOT NULL,
    since        BIGINT  NOT NULL,
    last_used_at BIGINT  NOT NULL,
    ends_at      BIGINT  NOT NULL,
    PRIMARY KEY (account_id, client_id)
);

-- Until when a consent was given, and the session that a code opens on it; null for no such end.
ALTER TABLE consents ADD COLUMN ends_at BIGINT;
ALTER TABLE codes ADD COLUMN session_ends_at BIGINT;
