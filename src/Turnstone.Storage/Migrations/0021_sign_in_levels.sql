-- How surely a person has to sign in to let a client in at an API.
ALTER TABLE apis ADD COLUMN level TEXT;

-- What tokens say of how the person signed in; null where nobody has asked.
ALTER TABLE codes ADD COLUMN acr TEXT;
ALTER TABLE codes ADD COLUMN tells_sign_in BIGINT;
ALTER TABLE sessions ADD COLUMN signed_in_at BIGINT;
ALTER TABLE sessions ADD COLUMN sign_in_methods TEXT;
ALTER TABLE sessions ADD COLUMN acr TEXT;
