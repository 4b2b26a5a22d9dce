-- Which rows a holder has, filled behind the commit in sorted runs (ADR 52): a row of the log is written at its end, and
-- nothing of it at a random place. Run 0 has the rows that came too late for theirs.
CREATE TABLE index_state (
    source    BIGINT NOT NULL PRIMARY KEY,

    -- Up to which id the runs have everything, and up to which the next one will.
    position  {bytes},
    bound     {bytes},

    -- The transaction that said so: what began before it may still write below the bound.
    announced BIGINT NOT NULL,
    next_run  BIGINT NOT NULL,
    complete  BIGINT NOT NULL
);
CREATE TABLE index_runs (
    source  BIGINT NOT NULL,
    run     BIGINT NOT NULL,
    last_id {bytes},
    PRIMARY KEY (source, run)
);
CREATE TABLE index_rows (
    source  BIGINT  NOT NULL,
    run     BIGINT  NOT NULL,
    holder  {bytes} NOT NULL,
    last_id {bytes} NOT NULL,

    -- In their order, 16 bytes each; the last one is last_id.
    ids     {bytes} NOT NULL,
    PRIMARY KEY (source, run, holder, last_id)
) {hot};
INSERT INTO index_state (source, announced, next_run, complete) VALUES (1, 0, 1, 0);
INSERT INTO index_runs (source, run) VALUES (1, 0);
