// Sign-in pages: a strength hint while a new password is typed, and passkeys, which need JavaScript.
(() => {
  // The server decides; this is only a hint.
  for (const input of document.querySelectorAll("[data-strength]")) {
    const least = Number(input.dataset.strength);
    const hint = document.createElement("p");
    hint.className = "strength";
    hint.setAttribute("role", "status");
    input.after(hint);
    input.addEventListener("input", () => {
      const length = [...input.value].length;
      const different = new Set(input.value.toLowerCase()).size;
      hint.textContent = length === 0 ? ""
        : length < least ? input.dataset.short.replace("{0}", String(least - length))
        : length >= least + 6 && different >= 8 ? input.dataset.good
        : input.dataset.fair;
    });
  }

  // The browser creates or uses the passkey; the form sends its answer like any other field.
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) {
    for (const told of document.querySelectorAll("[data-no-passkeys]")) told.hidden = false;
    return;
  }
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    const error = form.querySelector("[role=alert]");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      error.textContent = "";
      try {
        const answer = await fetch(form.dataset.options, { method: "POST", body: new FormData(form) });
        const options = await answer.json();
        if (options.error) {
          error.textContent = options.error;
          return;
        }
        const get = form.dataset.passkey === "get";
        const publicKey = get
          ? PublicKeyCredential.parseRequestOptionsFromJSON(options)
          : PublicKeyCredential.parseCreationOptionsFromJSON(options);
        const credential = get
          ? await navigator.credentials.get({ publicKey })
          : await navigator.credentials.create({ publicKey });
        form.elements.credential.value = JSON.stringify(credential);
        form.submit();
      } catch {
        error.textContent = form.dataset.failed;
      }
    });
  }
})();
