// Payloads in a Map until they expire. The provider's own quick-start adapter forgets all but the last thousand, which
// would end sessions under load; this one keeps what it was given.

const sweepInterval = 60_000;

/** An adapter factory over one store, so that a grant finds its tokens of every kind. */
export function memoryAdapter() {
  const payloads = new Map();
  const byGrant = new Map();
  const byUid = new Map();
  const byUserCode = new Map();

  const live = (entry) => (entry && entry.expires > Date.now() ? entry : undefined);

  const remove = (key) => {
    const entry = payloads.get(key);
    if (!entry) return;
    payloads.delete(key);
    const { grantId, uid, userCode } = entry.payload;
    if (grantId) {
      const members = byGrant.get(grantId);
      members.delete(key);
      if (members.size === 0) byGrant.delete(grantId);
    }
    if (uid && byUid.get(uid) === key) byUid.delete(uid);
    if (userCode && byUserCode.get(userCode) === key) byUserCode.delete(userCode);
  };

  setInterval(() => {
    const now = Date.now();
    for (const [key, entry] of payloads) if (entry.expires <= now) remove(key);
  }, sweepInterval).unref();

  return (type) => {
    const keyOf = (id) => `${type}:${id}`;
    const find = async (key) => live(payloads.get(key))?.payload;
    return {
      async upsert(id, payload, expiresIn) {
        const key = keyOf(id);
        remove(key);
        payloads.set(key, { payload, expires: expiresIn ? Date.now() + expiresIn * 1000 : Infinity });
        const { grantId, uid, userCode } = payload;
        if (grantId) {
          if (!byGrant.has(grantId)) byGrant.set(grantId, new Set());
          byGrant.get(grantId).add(key);
        }
        if (uid) byUid.set(uid, key);
        if (userCode) byUserCode.set(userCode, key);
      },
      find: (id) => find(keyOf(id)),
      findByUid: (uid) => find(byUid.get(uid)),
      findByUserCode: (userCode) => find(byUserCode.get(userCode)),
      async consume(id) {
        const entry = live(payloads.get(keyOf(id)));
        if (entry) entry.payload.consumed = Math.floor(Date.now() / 1000);
      },
      async destroy(id) {
        remove(keyOf(id));
      },
      async revokeByGrantId(grantId) {
        for (const key of [...(byGrant.get(grantId) ?? [])]) remove(key);
      },
    };
  };
}
