-- What may be used only once, or not any more, by its hash: answered passkey challenges, portal sessions that were signed out.
CREATE TABLE spent (
    hash  {bytes} NOT NULL PRIMARY KEY,
    until BIGINT  NOT NULL
);
CREATE INDEX spent_by_end ON spent (until);
