// Counts down the time left of a replaced key. It starts from the server's value, so a wrong clock in the browser does
// not matter.
(() => {
  const loaded = performance.now();
  const two = (number) => String(number).padStart(2, "0");
  for (const element of document.querySelectorAll("[data-left]")) {
    const show = () => {
      const left = Math.max(0, Math.floor(Number(element.dataset.left) - (performance.now() - loaded) / 1000));
      const days = Math.floor(left / 86400);
      const clock = `${two(Math.floor(left / 3600) % 24)}:${two(Math.floor(left / 60) % 60)}:${two(left % 60)}`;
      element.textContent = `${days > 0 ? `${days} d ` : ""}${clock}`;
    };
    show();
    setInterval(show, 1000);
  }
})();
