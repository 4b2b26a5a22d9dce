-- APIs that tokens are for beside the one of the settings, with their scopes and what each scope allows.
CREATE TABLE apis (
    id              TEXT   NOT NULL PRIMARY KEY,
    identifier      TEXT   NOT NULL,
    name            TEXT   NOT NULL,
    scopes          TEXT   NOT NULL,
    offered         BIGINT NOT NULL,
    access_lifetime BIGINT,
    algorithm       TEXT,
    introspects_as  TEXT,
    created_at      BIGINT NOT NULL,
    revision        BIGINT NOT NULL
);
CREATE UNIQUE INDEX apis_by_identifier ON apis (identifier);

-- Which APIs tokens may be for; null is the one of the settings alone, as it was before there were others.
ALTER TABLE sessions ADD COLUMN resources TEXT;
ALTER TABLE codes ADD COLUMN resources TEXT;
ALTER TABLE consents ADD COLUMN resources TEXT;
ALTER TABLE device_authorizations ADD COLUMN resources TEXT;
