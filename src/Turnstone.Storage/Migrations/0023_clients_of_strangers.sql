-- Where a client publishes the keys by which it proves itself, in place of keys that are registered.
ALTER TABLE clients ADD COLUMN jwks_uri TEXT;
-- How a client came that nobody here has made, and whether it has ever had a token: one that never had is deleted after a day.
ALTER TABLE clients ADD COLUMN source TEXT;
ALTER TABLE clients ADD COLUMN had_token BIGINT;
CREATE INDEX clients_of_strangers ON clients (created_at) WHERE source IS NOT NULL AND had_token IS NULL;

-- The hash of the token by which a client changes its own registration.
ALTER TABLE clients ADD COLUMN registration_token {bytes};
