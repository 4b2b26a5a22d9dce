/** Reads answers of any contract. Names are compared without case and underscores. */

/** The tokens; undefined if there is no access token in it. */
export function tokensOf(answer, contract, now) {
  const access = text(answer, contract.answer.access);
  if (!access) return undefined;
  // A duration is sure whatever the clocks say; a point in time is what the server's clock says.
  const { issued, expires } = fromJwt(access);
  const duration = seconds(answer, contract.answer.expiresIn);
  const until =
    duration === undefined
      ? (moment(answer, contract.answer.expiresAt) ?? expires ?? now + contract.accessSeconds)
      : now + duration;
  const lifetime = until - (issued ?? now);
  const bound = contract.answer.type !== undefined && text(answer, contract.answer.type)?.toLowerCase() === "dpop";
  return { access, refresh: text(answer, contract.answer.refresh), expiresAt: until, lifetime, bound };
}

/** The code and the words of a refusal, wherever a contract has them. */
export function refusalOf(answer) {
  const first = (...paths) => paths.map((path) => text(answer, path)).find(Boolean);
  return {
    code: first("code", "detail.error", "error"),
    reason: first("error_description", "detail.error_description", "detail", "detail.message", "message"),
  };
}

const plain = (name) => name.replaceAll("_", "").toLowerCase();

function find(answer, path) {
  let place = answer;
  for (const step of path.split(".")) {
    if (typeof place !== "object" || place === null) return undefined;
    const name = Object.keys(place).find((one) => plain(one) === plain(step));
    place = name === undefined ? undefined : place[name];
  }
  return place;
}

function text(answer, path) {
  const value = find(answer, path);
  return typeof value === "string" ? value : undefined;
}

function seconds(answer, path) {
  const value = find(answer, path);
  if (typeof value === "number") return value;
  if (typeof value !== "string" || value.trim() === "") return undefined;
  return Number.isFinite(Number(value)) ? Number(value) : undefined;
}

function moment(answer, path) {
  const value = text(answer, path);
  const number = seconds(answer, path);
  if (number !== undefined || value === undefined) return number;
  // Without a zone it is UTC, which Date would take for local time.
  const zoned = /(Z|[+-]\d\d:?\d\d)$/i.test(value) ? value : `${value}Z`;
  const milliseconds = Date.parse(zoned);
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}

/** When a JWT was issued and when it expires; it is read and not verified, as it is only passed on. */
function fromJwt(token) {
  const parts = token.split(".");
  if (parts.length !== 3) return {};
  try {
    const claims = JSON.parse(atob(parts[1].replaceAll("-", "+").replaceAll("_", "/")));
    return { issued: seconds(claims, "iat"), expires: seconds(claims, "exp") };
  } catch {
    return {};
  }
}
