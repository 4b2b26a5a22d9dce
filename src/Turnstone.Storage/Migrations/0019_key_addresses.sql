-- Where a client publishes the keys by which it proves itself, in place of keys that are registered.
ALTER TABLE clients ADD COLUMN jwks_uri TEXT;
