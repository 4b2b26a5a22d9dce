-- A login by API key asks what its key opened in the last minutes. The index of a key's sessions knows the minute, so that it reads those and not all that the key has ever
-- opened; a minute is narrower than a time. What the keys of an account hold is found by the keys, so that each session stands in one index less.
DROP INDEX sessions_of_account;
DROP INDEX sessions_of_api_key;
CREATE INDEX sessions_of_account ON sessions (account_id) WHERE account_id IS NOT NULL AND api_key_id IS NULL;
CREATE INDEX sessions_of_api_key ON sessions (api_key_id, (CAST(created_at / 60000000 AS INTEGER))) WHERE api_key_id IS NOT NULL;
