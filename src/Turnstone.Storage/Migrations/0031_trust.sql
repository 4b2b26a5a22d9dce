-- Who may be a client without a secret (RFC 7523 section 2.1): an issuer, the audience and claims of its assertions; and what was last seen of them.
CREATE TABLE trust_rules (
    id          {bytes} NOT NULL PRIMARY KEY,
    client_id   TEXT    NOT NULL,
    issuer      TEXT    NOT NULL,
    audience    TEXT    NOT NULL,
    claims      TEXT    NOT NULL,
    jwks        TEXT,
    created_at  BIGINT  NOT NULL,
    used_at     BIGINT,
    used_by     TEXT,
    refused_at  BIGINT,
    refused_for TEXT
);
CREATE INDEX trust_rules_by_client ON trust_rules (client_id);
