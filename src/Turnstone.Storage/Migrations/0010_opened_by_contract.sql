-- The contract that a session was opened through, whose terms it keeps: contracts of one family refresh each other's sessions.
ALTER TABLE sessions ADD COLUMN opened_by_contract TEXT;
