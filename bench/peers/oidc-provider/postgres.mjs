// One table of payloads, as the example adapters of the project for SQL databases have it, with every statement
// prepared by name.
import pg from 'pg';

// Half-empty pages leave room to mark a token as used in place; no index covers what such a mark changes.
const schema = `
  DROP TABLE IF EXISTS oidc_payloads;
  CREATE TABLE oidc_payloads (
    id text NOT NULL,
    type text NOT NULL,
    payload jsonb NOT NULL,
    grant_id text,
    user_code text,
    uid text,
    expires_at timestamptz,
    consumed_at timestamptz,
    PRIMARY KEY (id, type)
  ) WITH (fillfactor = 50);
  CREATE INDEX oidc_payloads_grant ON oidc_payloads (grant_id) WHERE grant_id IS NOT NULL;
  CREATE INDEX oidc_payloads_uid ON oidc_payloads (uid) WHERE uid IS NOT NULL;
  CREATE INDEX oidc_payloads_user_code ON oidc_payloads (user_code) WHERE user_code IS NOT NULL;`;

const columns = 'payload, expires_at, consumed_at';

const statements = {
  upsert: `INSERT INTO oidc_payloads (id, type, payload, grant_id, user_code, uid, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (id, type) DO UPDATE SET payload = excluded.payload, grant_id = excluded.grant_id,
      user_code = excluded.user_code,
      uid = excluded.uid, expires_at = excluded.expires_at`,
  find: `SELECT ${columns} FROM oidc_payloads WHERE id = $1 AND type = $2`,
  findByUid: `SELECT ${columns} FROM oidc_payloads WHERE uid = $1 AND type = $2`,
  findByUserCode: `SELECT ${columns} FROM oidc_payloads WHERE user_code = $1 AND type = $2`,
  consume: 'UPDATE oidc_payloads SET consumed_at = now() WHERE id = $1 AND type = $2',
  destroy: 'DELETE FROM oidc_payloads WHERE id = $1 AND type = $2',
  revokeByGrantId: 'DELETE FROM oidc_payloads WHERE grant_id = $1 AND type = $2',
};

/** A pool from a connection text of the form "host=… port=… user=… dbname=…". */
export function connect(text, max) {
  const words = Object.fromEntries(
    text
      .trim()
      .split(/\s+/)
      .map((pair) => pair.split(/=(.*)/s, 2)),
  );
  return new pg.Pool({
    host: words.host,
    port: Number(words.port ?? 5432),
    user: words.user,
    password: words.password,
    database: words.dbname,
    max,
    min: max,
    idleTimeoutMillis: 0,
  });
}

export const createTable = (pool) => pool.query(schema);

export const postgresAdapter = (pool) => (type) => {
  const run = (name, ...values) => pool.query({ name, text: statements[name], values });

  const found = async (name, value) => {
    const {
      rows: [row],
    } = await run(name, value, type);
    if (!row || (row.expires_at && row.expires_at <= new Date())) return undefined;
    return row.consumed_at ? { ...row.payload, consumed: true } : row.payload;
  };

  return {
    async upsert(id, payload, expiresIn) {
      const expires = expiresIn ? new Date(Date.now() + expiresIn * 1000) : null;
      await run('upsert', id, type, payload, payload.grantId, payload.userCode, payload.uid, expires);
    },
    find: (id) => found('find', id),
    findByUid: (uid) => found('findByUid', uid),
    findByUserCode: (userCode) => found('findByUserCode', userCode),
    consume: (id) => run('consume', id, type),
    destroy: (id) => run('destroy', id, type),
    revokeByGrantId: (grantId) => run('revokeByGrantId', grantId, type),
  };
};
