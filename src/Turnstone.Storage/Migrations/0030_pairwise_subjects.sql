-- Whether each of its users has a subject that other sectors do not know, and which sector, where it is not the host of its redirect URIs.
ALTER TABLE clients ADD COLUMN pairwise BIGINT;
ALTER TABLE clients ADD COLUMN sector TEXT;

-- What the subjects of a sector are computed with. Whoever loses it, loses the users of every client of the sector.
CREATE TABLE sectors (
    name TEXT PRIMARY KEY,
    salt {bytes} NOT NULL
);
