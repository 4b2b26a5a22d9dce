-- Origins whose pages may call for a client, beside those of its redirect URIs.
ALTER TABLE clients ADD COLUMN origins TEXT;
