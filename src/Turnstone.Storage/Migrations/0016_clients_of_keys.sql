-- How a client proves itself and what it may do beside asking for tokens.
ALTER TABLE clients ADD COLUMN method TEXT;
ALTER TABLE clients ADD COLUMN jwks TEXT;
ALTER TABLE clients ADD COLUMN introspects BIGINT NOT NULL DEFAULT 0;
ALTER TABLE clients ADD COLUMN must_push BIGINT NOT NULL DEFAULT 0;

-- Authorization requests that clients have pushed (RFC 9126), by the hash of their names, until they are taken.
CREATE TABLE pushed_requests (
    hash       {bytes} NOT NULL PRIMARY KEY,
    client_id  TEXT    NOT NULL,
    parameters TEXT    NOT NULL,
    expires_at BIGINT  NOT NULL
);
CREATE INDEX pushed_requests_by_end ON pushed_requests (expires_at);
