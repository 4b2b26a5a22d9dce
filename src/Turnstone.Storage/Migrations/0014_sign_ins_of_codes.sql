-- What the ID token of a code says: the client's nonce, and when and how the person signed in.
ALTER TABLE codes ADD COLUMN nonce TEXT;
ALTER TABLE codes ADD COLUMN signed_in_at BIGINT;
ALTER TABLE codes ADD COLUMN sign_in_methods TEXT;
