-- Identity providers of companies, which say for whom of their people a client acts (draft-ietf-oauth-identity-assertion-authz-grant), and whose accounts their subjects are.
CREATE TABLE identity_providers (
    issuer     TEXT   NOT NULL PRIMARY KEY,
    domains    TEXT   NOT NULL,
    clients    TEXT   NOT NULL,
    jwks       TEXT,
    created_at BIGINT NOT NULL
);
CREATE TABLE provider_subjects (
    issuer     TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    account_id {bytes} NOT NULL,
    since      BIGINT  NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX provider_subjects_by_account ON provider_subjects (account_id);
