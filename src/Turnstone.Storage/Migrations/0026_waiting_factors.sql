-- Since when a factor waits for the word of its account's mailbox; null: it counts, as all of before do.
ALTER TABLE accounts ADD COLUMN second_factor_waits_since BIGINT;
ALTER TABLE passkeys ADD COLUMN waits_since BIGINT;

-- When the mailbox of an account last became another one.
ALTER TABLE accounts ADD COLUMN email_changed_at BIGINT;
