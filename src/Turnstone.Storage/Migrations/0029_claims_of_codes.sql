-- Claims that the ID token of a code has beside its own.
ALTER TABLE codes ADD COLUMN id_token_claims TEXT;
