-- In which language an account is written to, and about what it does not want to be.
ALTER TABLE accounts ADD COLUMN language TEXT;
ALTER TABLE accounts ADD COLUMN letters_off TEXT;

-- What an administrator told the customer with the last decision, and when administrators were told that it waits.
ALTER TABLE subscriptions ADD COLUMN message TEXT;
ALTER TABLE subscriptions ADD COLUMN told_at BIGINT;
CREATE INDEX subscriptions_untold ON subscriptions (state, told_at);
