// Small improvements; every page works without them.
(() => {
  // Copy buttons, and what a screen reader is told of them.
  for (const box of document.querySelectorAll("[data-copy]")) {
    const text = box.querySelector(".copied-text");
    const { copy, copyWhat, copied, notCopied } = box.dataset;
    const button = document.createElement("button");
    const told = document.createElement("span");
    button.type = "button";
    button.className = "small";
    button.textContent = copy;
    button.setAttribute("aria-label", copyWhat);
    told.className = "told";
    told.setAttribute("aria-live", "polite");
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(text.textContent);
        told.textContent = copied;
      } catch {
        // Without access to the clipboard, select the text.
        getSelection().selectAllChildren(text);
        told.textContent = notCopied;
      }
      setTimeout(() => { told.textContent = ""; }, 4000);
    });
    box.append(button, told);
  }

  // Stores the reader's time zone once. The server uses it from the next page on; the times of this page are corrected
  // here.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const told = document.querySelector("[data-zone]");
  const chosen = document.cookie.split("; ").some((pair) => pair.startsWith("turnstone-zone="));
  if (zone && told && !chosen && told.dataset.zone !== zone) {
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `turnstone-zone=${zone}; path=/portal; max-age=31536000; samesite=lax${secure}`;
    const two = (number) => String(number).padStart(2, "0");
    const written = (at) => {
      const minutes = -at.getTimezoneOffset();
      const size = Math.abs(minutes);
      const hours = `${Math.floor(size / 60)}${size % 60 ? `:${two(size % 60)}` : ""}`;
      const offset = minutes === 0 ? "UTC" : `UTC${minutes < 0 ? "−" : "+"}${hours}`;
      const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
      return `${day} ${two(at.getHours())}:${two(at.getMinutes())} ${offset}`;
    };
    for (const time of document.querySelectorAll("time[datetime]")) {
      const text = written(new Date(time.dateTime));
      if ("distance" in time.dataset) time.title = text;
      else time.textContent = text;
    }
    told.textContent = told.textContent.replace(told.dataset.zone, zone);
  }

  // Only one folded form is open at a time, and Escape closes it.
  const asks = document.querySelectorAll("details.ask, details.menu");
  for (const ask of asks) {
    ask.addEventListener("toggle", () => {
      if (!ask.open) return;
      for (const other of asks) {
        if (other !== ask && !other.contains(ask) && !ask.contains(other)) other.open = false;
      }
    });
    ask.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && ask.open) {
        ask.open = false;
        ask.querySelector("summary").focus();
      }
    });
  }
})();
