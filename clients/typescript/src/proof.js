/** Proofs of the key that tokens are bound to (RFC 9449). */

const pair = { name: "ECDSA", namedCurve: "P-256" };

const encode = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const bytesOf = (text) => new TextEncoder().encode(text);

const part = (value) => encode(bytesOf(JSON.stringify(value)));

/** A new key, as it is stored. */
export async function newKeyOfProofs() {
  const { privateKey } = await crypto.subtle.generateKey(pair, true, ["sign"]);
  const { kty, crv, x, y, d } = await crypto.subtle.exportKey("jwk", privateKey);
  return { kty, crv, x, y, d };
}

/** A proof for one request, without the query of its address. now is the server's clock, in seconds. */
export async function proofOf(key, { method, url, now, nonce, token }) {
  const { kty, crv, x, y } = key;
  const address = new URL(url);
  const claims = {
    jti: encode(crypto.getRandomValues(new Uint8Array(16))),
    htm: method,
    htu: address.origin + address.pathname,
    iat: Math.floor(now),
    nonce,
    ath: token && encode(await crypto.subtle.digest("SHA-256", bytesOf(token))),
  };
  const text = `${part({ typ: "dpop+jwt", alg: "ES256", jwk: { kty, crv, x, y } })}.${part(claims)}`;
  const signing = await crypto.subtle.importKey("jwk", key, pair, false, ["sign"]);
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, signing, bytesOf(text));
  return `${text}.${encode(signature)}`;
}

/** The last nonce that each server wants in the next proof. */
export class Nonces {
  #known = new Map();

  of(url) {
    return this.#known.get(new URL(url).origin);
  }

  /** Keeps the answer's nonce; false where it brought none but the one that was sent. */
  hear(url, answer, sent) {
    const nonce = answer.headers.get("DPoP-Nonce");
    if (nonce === null) return false;
    this.#known.set(new URL(url).origin, nonce);
    return nonce !== sent;
  }
}
