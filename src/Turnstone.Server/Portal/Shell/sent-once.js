// A page that shows a secret is the answer to a form. After this, reloading fetches the page instead of sending the
// form again.
(() => {
  if (document.querySelector("[data-shown-once]")) history.replaceState(null, "", location.href);
})();
