// The reference: Swagger UI for one document, and a token of the reader's own, which is kept in this page only.
(() => {
  const place = document.getElementById("swagger-ui");
  const button = document.getElementById("own-token");
  const told = document.getElementById("own-token-told");
  const margin = 30_000;              // refresh this long before expiry
  const bearing = new Set();          // the calls that take an access token
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let token = null;                   // { access, refresh, until, last }
  let refreshing = null;              // one refresh at a time
  let timer = 0;

  const pause = (seconds) => new Promise((done) => { setTimeout(done, 1000 * seconds); });

  function tell(state) {
    told.textContent = told.dataset[state];
    button.hidden = state === "on";
  }

  function take(set) {
    const left = 1000 * set.authorization.expires_in;
    // A token that expires with its session cannot be refreshed.
    token = {
      access: set.authorization.token,
      refresh: set.refresh.token,
      until: Date.now() + left,
      last: set.authorization.expires_in >= set.refresh.expires_in,
    };
    clearTimeout(timer);
    timer = token.last ? setTimeout(() => end("ended"), left) : setTimeout(freshen, Math.max(left - margin, 1000));
    tell("on");
  }

  function end(state) {
    clearTimeout(timer);
    token = null;
    tell(state);
  }

  async function refresh() {
    // The same key for every attempt, so a lost answer is returned again.
    const random = crypto.getRandomValues(new Uint8Array(16));
    const key = Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
    const body = JSON.stringify({ refresh_token: token.refresh });
    for (let attempt = 0; attempt < 5; attempt++) {
      try {
        const headers = { "Content-Type": "application/json", "Idempotency-Key": key };
        const answer = await fetch(told.dataset.refresh, { method: "POST", headers, body });
        if (answer.ok) return take(await answer.json());
        if (![429, 502, 503, 504].includes(answer.status)) return end("ended");
        await pause(Number(answer.headers.get("Retry-After") ?? 1));
      } catch {
        await pause(2 ** attempt);
      }
    }
    end("failed");
  }

  function freshen() {
    refreshing ??= refresh().finally(() => { refreshing = null; });
    return refreshing;
  }

  /** A valid access token for this call; timers do not run while the machine sleeps. */
  async function access() {
    if (token && !token.last && Date.now() > token.until - margin) await freshen();
    if (token && Date.now() >= token.until) end("ended");
    return token?.access;
  }

  async function open() {
    button.disabled = true;
    try {
      // If the reader was signed out in the meantime, the answer is a redirect to a page.
      const headers = { RequestVerificationToken: told.dataset.formToken };
      const answer = await fetch("/portal/reference/token", { method: "POST", redirect: "manual", headers });
      if (answer.status === 201) take(await answer.json());
      else end("failed");
    } catch {
      end("failed");
    }
    button.disabled = false;
  }

  // Swagger UI fills form fields without a default with the word "string" and would send it. A list that has a text as
  // its default is not drawn.
  function withEmptyFields(spec) {
    for (const call of Object.values(spec.paths).flatMap(Object.values)) {
      const form = call.requestBody?.content?.["application/x-www-form-urlencoded"];
      for (const field of Object.values(form?.schema?.properties ?? {})) {
        field.default ??= field.type === "array" ? [] : "";
      }
    }
    return spec;
  }

  // Swagger UI ignores parameters named Authorization: its own dialog needs a security scheme in the document.
  function withScheme(spec) {
    const isBearer = (parameter) =>
      parameter.name === "Authorization" &&
      parameter.in === "header" &&
      parameter.description?.startsWith("Bearer");
    for (const [path, calls] of Object.entries(spec.paths)) {
      for (const [method, call] of Object.entries(calls)) {
        if (!call.parameters?.some(isBearer)) continue;
        call.parameters = call.parameters.filter((parameter) => !isBearer(parameter));
        call.security = [{ access_token: [] }];
        bearing.add(`${method.toUpperCase()} ${path}`);
      }
    }
    if (bearing.size > 0) {
      (spec.components ??= {}).securitySchemes = { access_token: { type: "http", scheme: "bearer" } };
    }
    return spec;
  }

  async function requestInterceptor(request) {
    // No call needs a cookie. With credentials allowed, a 401 with a Basic challenge would open the browser's password
    // dialog.
    request.credentials = "omit";
    if (bearing.has(`${request.method} ${new URL(request.url, location.href).pathname}`)) {
      const own = await access();
      if (own) request.headers.Authorization = `Bearer ${own}`;
    }
    return request;
  }

  // Some controls of Swagger UI have no accessible name, its scrolling regions cannot be reached by keyboard, and its
  // landmark stands within the page's own.
  function mend() {
    const nameless = (selector, name) => {
      for (const control of place.querySelectorAll(`${selector}:not([aria-label])`)) {
        if (control.labels.length === 0) control.setAttribute("aria-label", name);
      }
    };
    nameless("select", place.dataset.choice);
    nameless("textarea", place.dataset.body);
    nameless("input", place.dataset.field);
    // Its label has no text.
    place.querySelector("#servers:not([aria-label])")?.setAttribute("aria-label", place.dataset.choice);
    for (const text of place.querySelectorAll("pre:not([tabindex])")) text.tabIndex = 0;
    for (const main of place.querySelectorAll("main:not([role])")) main.setAttribute("role", "group");
  }

  async function show() {
    const answer = await fetch(place.dataset.document);
    if (!answer.ok) throw new Error(answer.status);
    new MutationObserver(mend).observe(place, { childList: true, subtree: true });
    SwaggerUIBundle({
      spec: withEmptyFields(withScheme(await answer.json())),
      domNode: place,
      presets: [SwaggerUIBundle.presets.apis],
      layout: "BaseLayout",
      tryItOutEnabled: true,
      defaultModelsExpandDepth: -1,
      validatorUrl: null,
      requestInterceptor,
    });
  }

  // Swagger UI is dark by a class; a reader may change the scheme while the page is open.
  const dress = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
  dark.addEventListener("change", dress);
  dress();
  if (button) {
    button.hidden = false;
    button.addEventListener("click", open);
  }
  show().catch(() => {
    place.className = "not-loaded";
    place.textContent = place.dataset.failed;
  });
})();
