-- The session that a company's session for one of its users depends on: when that one is revoked, it ends too.
ALTER TABLE sessions ADD COLUMN depends_on {bytes};
