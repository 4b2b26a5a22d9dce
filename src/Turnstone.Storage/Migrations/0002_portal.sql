-- What the portal needs. Sealed columns are encrypted under the master key: a copy of the database shows nothing.
-- A subscription key that was imported, or made before this, is not sealed: it can be changed, not shown.
ALTER TABLE subscriptions ADD COLUMN primary_key_sealed {bytes};
ALTER TABLE subscriptions ADD COLUMN secondary_key_sealed {bytes};
ALTER TABLE subscriptions ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;
CREATE INDEX subscriptions_by_state ON subscriptions (state, id);

ALTER TABLE products ADD COLUMN description TEXT NOT NULL DEFAULT '';

-- The last time step whose one-time password was taken: none is taken twice (RFC 6238 §5.2).
ALTER TABLE accounts ADD COLUMN last_totp_step BIGINT;

-- The freeze that its owner was warned of; a renewal moves the freeze, and the warning comes anew.
ALTER TABLE api_keys ADD COLUMN warned_for BIGINT;
CREATE INDEX api_keys_by_freeze ON api_keys (freezes_at) WHERE revoked_at IS NULL;

-- Who acted, where it was not the account itself, and the reason he gave.
ALTER TABLE audit ADD COLUMN actor_id {bytes};
ALTER TABLE audit ADD COLUMN reason TEXT;
CREATE INDEX audit_of_actor ON audit (actor_id, id) WHERE actor_id IS NOT NULL;

-- Counts the saves: two who change the same client do not undo each other.
ALTER TABLE clients ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;

CREATE TABLE consents (
    account_id {bytes} NOT NULL REFERENCES accounts (id),
    client_id  TEXT    NOT NULL,
    contract   TEXT    NOT NULL,
    scopes     TEXT    NOT NULL,
    given_at   BIGINT  NOT NULL,
    PRIMARY KEY (account_id, client_id, contract)
);

-- A consent that is withdrawn takes its unused codes with it.
CREATE INDEX codes_of_account ON codes (account_id);

-- Sign-ups that nobody confirms are removed after a while; few are, so a round looks at no other account.
CREATE INDEX accounts_unconfirmed ON accounts (created_at) WHERE email_confirmed = 0;
