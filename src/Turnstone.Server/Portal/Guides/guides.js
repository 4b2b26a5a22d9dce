// Choosing a language in one sample chooses it in all samples of the page.
(() => {
  const choices = document.querySelectorAll(".tabs > input");
  for (const choice of choices) {
    choice.addEventListener("change", () => {
      for (const other of choices) other.checked = other.value === choice.value;
      choice.nextElementSibling.scrollIntoView({ block: "nearest" });
    });
  }
})();
