-- The last networks from which an account signed in, as keyed hashes: its owner is let through from there while others guess at its password.
ALTER TABLE accounts ADD COLUMN known_networks TEXT NOT NULL DEFAULT '[]';
