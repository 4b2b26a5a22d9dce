-- The page of an API key shows its last events, however busy the rest of its account is.
CREATE INDEX audit_of_api_key ON audit (api_key_id, id) WHERE api_key_id IS NOT NULL;
