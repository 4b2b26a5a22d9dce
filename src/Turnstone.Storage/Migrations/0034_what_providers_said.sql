-- What was last seen of a company's identity provider, and how often it was saved, so that two who change it do not undo each other.
ALTER TABLE identity_providers ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;
ALTER TABLE identity_providers ADD COLUMN used_at BIGINT;
ALTER TABLE identity_providers ADD COLUMN used_by TEXT;
ALTER TABLE identity_providers ADD COLUMN refused_at BIGINT;
ALTER TABLE identity_providers ADD COLUMN refused_for TEXT;

-- Whether a client was registered as one that predates PKCE; null: it was registered before that was asked, so it may.
ALTER TABLE clients ADD COLUMN predates_pkce BIGINT;
