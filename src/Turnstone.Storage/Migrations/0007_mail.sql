-- Letters that wait to be sent, sealed under the master key: a link in one may open an account. A claim moves due_at to the end of its lease.
CREATE TABLE letters (
    id         {bytes} NOT NULL PRIMARY KEY,
    sealed     {bytes} NOT NULL,
    created_at BIGINT  NOT NULL,
    due_at     BIGINT  NOT NULL,
    tries      BIGINT  NOT NULL
);
CREATE INDEX letters_by_due ON letters (due_at);
