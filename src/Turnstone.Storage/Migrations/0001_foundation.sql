-- Types that both engines know: BIGINT for numbers, flags (0, 1) and times (microseconds since 1970, UTC), TEXT, and {bytes}.
-- Identifiers are 16 bytes, time-ordered (UUID version 7), so that the primary key is also the order of making.

CREATE TABLE accounts (
    id                  {bytes} NOT NULL PRIMARY KEY,
    email               TEXT    NOT NULL,
    normalized_email    TEXT    NOT NULL UNIQUE,
    email_confirmed     BIGINT  NOT NULL,
    password_hash       TEXT,
    security_stamp      TEXT    NOT NULL,
    concurrency_stamp   TEXT    NOT NULL,
    administrator       BIGINT  NOT NULL,
    disabled_at         BIGINT,
    lockout_end         BIGINT,
    lockout_enabled     BIGINT  NOT NULL,
    access_failed_count BIGINT  NOT NULL,
    two_factor_enabled  BIGINT  NOT NULL,
    authenticator_key   {bytes},
    recovery_codes      TEXT    NOT NULL,
    created_at          BIGINT  NOT NULL,
    epoch               BIGINT  NOT NULL
);

CREATE TABLE passkeys (
    credential_id {bytes} NOT NULL PRIMARY KEY,
    account_id    {bytes} NOT NULL REFERENCES accounts (id),
    data          TEXT    NOT NULL,
    created_at    BIGINT  NOT NULL
);
CREATE INDEX passkeys_of_account ON passkeys (account_id);

CREATE TABLE clients (
    id                TEXT   NOT NULL PRIMARY KEY,
    name              TEXT   NOT NULL,
    owner_id          {bytes},
    public            BIGINT NOT NULL,
    secrets           TEXT   NOT NULL,
    redirect_uris     TEXT   NOT NULL,
    grant_types       TEXT   NOT NULL,
    scopes            TEXT   NOT NULL,
    token_types       TEXT   NOT NULL,
    access_lifetime   BIGINT,
    refresh_lifetime  BIGINT,
    absolute_lifetime BIGINT,
    retry_window      BIGINT,
    early             TEXT,
    algorithm         TEXT,
    disabled_at       BIGINT,
    created_at        BIGINT NOT NULL,
    epoch             BIGINT NOT NULL
);
CREATE INDEX clients_of_owner ON clients (owner_id) WHERE owner_id IS NOT NULL;

CREATE TABLE products (
    id                {bytes} NOT NULL PRIMARY KEY,
    name              TEXT    NOT NULL UNIQUE,
    approval_required BIGINT  NOT NULL,
    created_at        BIGINT  NOT NULL
);

CREATE TABLE subscriptions (
    id                 {bytes} NOT NULL PRIMARY KEY,
    account_id         {bytes} NOT NULL REFERENCES accounts (id),
    product_id         {bytes} NOT NULL REFERENCES products (id),
    state              TEXT    NOT NULL,
    primary_key_hash   {bytes} NOT NULL,
    secondary_key_hash {bytes} NOT NULL,
    created_at         BIGINT  NOT NULL,
    expires_at         BIGINT
);
CREATE INDEX subscriptions_of_account ON subscriptions (account_id);

-- Both keys of every subscription in one column: no key opens two subscriptions, whichever of the two it is.
CREATE TABLE subscription_keys (
    hash            {bytes} NOT NULL PRIMARY KEY,
    subscription_id {bytes} NOT NULL REFERENCES subscriptions (id)
);
CREATE INDEX subscription_keys_of_subscription ON subscription_keys (subscription_id);

CREATE TABLE api_keys (
    id              {bytes} NOT NULL PRIMARY KEY,
    account_id      {bytes} NOT NULL REFERENCES accounts (id),
    name            TEXT    NOT NULL,
    hash            {bytes} NOT NULL UNIQUE,
    hint            TEXT    NOT NULL,
    scopes          TEXT    NOT NULL,
    created_at      BIGINT  NOT NULL,
    freezes_at      BIGINT  NOT NULL,
    revoked_at      BIGINT,
    successor_id    {bytes},
    overlap_ends_at BIGINT,
    last_used_at    BIGINT,
    last_used_from  TEXT
);
CREATE INDEX api_keys_of_account ON api_keys (account_id);

CREATE TABLE codes (
    hash          {bytes} NOT NULL PRIMARY KEY,
    contract      TEXT    NOT NULL,
    account_id    {bytes} NOT NULL,
    account_epoch BIGINT  NOT NULL,
    client_id     TEXT,
    redirect_uri  TEXT,
    challenge     TEXT,
    scopes        TEXT    NOT NULL,
    expires_at    BIGINT  NOT NULL,
    used_at       BIGINT,
    session_id    {bytes}
);
CREATE INDEX codes_by_end ON codes (expires_at);

-- One row a session, updated in place. No column that a refresh moves is in an index, so that PostgreSQL can keep the new version
-- of the row on its page (HOT) without touching one; and no foreign key leaves the table, so that it can be sharded by id.
CREATE TABLE sessions (
    id                 {bytes} NOT NULL PRIMARY KEY,
    contract           TEXT    NOT NULL,
    grant_kind         TEXT    NOT NULL,
    subject            TEXT    NOT NULL,
    account_id         {bytes},
    client_id          TEXT,
    api_key_id         {bytes},
    scopes             TEXT    NOT NULL,
    refreshable        BIGINT  NOT NULL,
    generation         BIGINT  NOT NULL,
    created_at         BIGINT  NOT NULL,
    advanced_at        BIGINT  NOT NULL,
    access_expires_at  BIGINT  NOT NULL,
    refresh_expires_at BIGINT  NOT NULL,
    ends_at            BIGINT,
    advance_key_hash   {bytes},
    refreshes          BIGINT  NOT NULL,
    replays            BIGINT  NOT NULL,
    last_used_at       BIGINT  NOT NULL,
    revoked_at         BIGINT,
    revoked_for        TEXT,
    opened_network     TEXT    NOT NULL,
    opened_agent       TEXT,
    version            BIGINT  NOT NULL,
    longest_access     BIGINT  NOT NULL
) {hot};
CREATE INDEX sessions_of_account ON sessions (account_id, created_at) WHERE account_id IS NOT NULL;
CREATE INDEX sessions_of_client ON sessions (client_id, created_at) WHERE client_id IS NOT NULL;
CREATE INDEX sessions_of_api_key ON sessions (api_key_id, created_at) WHERE api_key_id IS NOT NULL;
CREATE INDEX sessions_revoked ON sessions (revoked_at) WHERE revoked_at IS NOT NULL;

CREATE TABLE signing_keys (
    kid          TEXT    NOT NULL PRIMARY KEY,
    algorithm    TEXT    NOT NULL,
    sealed       {bytes} NOT NULL,
    published_at BIGINT  NOT NULL,
    signs_from   BIGINT  NOT NULL,
    retired_at   BIGINT
);

CREATE TABLE audit (
    id         {bytes} NOT NULL PRIMARY KEY,
    event      TEXT    NOT NULL,
    at         BIGINT  NOT NULL,
    network    TEXT    NOT NULL,
    user_agent TEXT,
    refused    TEXT,
    account_id {bytes},
    client_id  TEXT,
    api_key_id {bytes},
    session_id {bytes},
    contract   TEXT,
    detail     TEXT
);
CREATE INDEX audit_of_account ON audit (account_id, id) WHERE account_id IS NOT NULL;
CREATE INDEX audit_of_client ON audit (client_id, id) WHERE client_id IS NOT NULL;
CREATE INDEX audit_by_event ON audit (event, id);

CREATE TABLE usage_counts (
    holder  TEXT   NOT NULL,
    day     BIGINT NOT NULL,
    outcome TEXT   NOT NULL,
    total   BIGINT NOT NULL,
    PRIMARY KEY (holder, day, outcome)
);
