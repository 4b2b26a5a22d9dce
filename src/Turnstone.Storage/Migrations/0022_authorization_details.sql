-- Which types of authorization details an API understands, and what was allowed by them (RFC 9396).
ALTER TABLE apis ADD COLUMN detail_types TEXT;
ALTER TABLE codes ADD COLUMN details TEXT;
ALTER TABLE sessions ADD COLUMN details TEXT;
