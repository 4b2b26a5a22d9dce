-- The key (RFC 7638) that a code, and the refresh token of a public client, is bound to (RFC 9449).
ALTER TABLE codes ADD COLUMN key_thumbprint TEXT;
ALTER TABLE sessions ADD COLUMN key_thumbprint TEXT;

-- Whether a client gets tokens only with the proof of a key.
ALTER TABLE clients ADD COLUMN dpop_bound BIGINT;

-- Whether its refresh tokens stay the same, and the rules that it keeps as a whole.
ALTER TABLE clients ADD COLUMN keeps_refresh_tokens BIGINT;
ALTER TABLE clients ADD COLUMN profile TEXT;
