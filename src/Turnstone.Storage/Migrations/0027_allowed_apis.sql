-- The APIs that a client may use beside those that its scopes are of; null: none.
ALTER TABLE clients ADD COLUMN resources TEXT;

-- The names that an API's scopes once had: no other API gets one of them, and nobody's consent or registration with it.
ALTER TABLE apis ADD COLUMN former_scopes TEXT;
