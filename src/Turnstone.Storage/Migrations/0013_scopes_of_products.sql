-- What a login with one of its subscriptions gets; null for a product that was never asked.
ALTER TABLE products ADD COLUMN scopes TEXT;

-- The product of the subscription that a session was opened with: its tokens name it, and have no more than it allows.
ALTER TABLE sessions ADD COLUMN product_id {bytes};
