-- The audit log, sealed (ADR 60). An entry waits in the table audit, where it was committed with what it tells of, until
-- it is sealed in a block of its chain: logins (1), refusals (2), acts (3).
CREATE TABLE audit_chains (
    chain   BIGINT  NOT NULL PRIMARY KEY,

    -- The number of the first entry that is kept, and the hash of what was before it.
    first   BIGINT  NOT NULL,
    base    {bytes},

    -- The number of the next entry, and the hash of what is before it.
    next    BIGINT  NOT NULL,
    hash    {bytes},

    -- The highest id of all; the entries below this number can be found by audit_found.
    highest {bytes},
    indexed BIGINT  NOT NULL
);
CREATE TABLE audit_blocks (
    chain   BIGINT  NOT NULL,
    first   BIGINT  NOT NULL,
    size    BIGINT  NOT NULL,

    -- How often it was made of smaller ones.
    level   BIGINT  NOT NULL,

    -- The lowest id in it; the highest in it and in all before it.
    lowest  {bytes} NOT NULL,
    highest {bytes} NOT NULL,
    hash    {bytes} NOT NULL,
    PRIMARY KEY (chain, first)
);
CREATE TABLE audit_contents (
    chain    BIGINT  NOT NULL,
    first    BIGINT  NOT NULL,
    contents {bytes} NOT NULL,
    PRIMARY KEY (chain, first)
);

-- In which blocks of a group something is: for a part of the hashes of what is looked for.
CREATE TABLE audit_found (
    chain  BIGINT  NOT NULL,
    part   BIGINT  NOT NULL,
    first  BIGINT  NOT NULL,
    places {bytes} NOT NULL,
    PRIMARY KEY (chain, part, first)
);

-- What programs call themselves that many persons use.
CREATE TABLE audit_agents (
    number BIGINT NOT NULL PRIMARY KEY,
    agent  TEXT   NOT NULL
);

-- The key under which stands what names a person; without a key he was forgotten.
CREATE TABLE audit_persons (
    account_id   {bytes} NOT NULL PRIMARY KEY,
    secret       {bytes},
    forgotten_at BIGINT
);

-- The newest of each is in force.
CREATE TABLE audit_keys (
    kid     TEXT    NOT NULL PRIMARY KEY,
    sealed  {bytes} NOT NULL,
    made_at BIGINT  NOT NULL
);
CREATE TABLE audit_checkpoints (
    number    BIGINT  NOT NULL PRIMARY KEY,
    text      TEXT    NOT NULL,
    kid       TEXT    NOT NULL,
    signature {bytes} NOT NULL
);
{queue};
INSERT INTO audit_chains (chain, first, next, indexed) VALUES (1, 1, 1, 1), (2, 1, 1, 1), (3, 1, 1, 1);
