// A page that shows a secret was the answer to a form: reloading it then fetches the page anew instead of asking whether to send the form again.
(() => {
  if (document.querySelector("[data-shown-once]")) history.replaceState(null, "", location.href);
})();
