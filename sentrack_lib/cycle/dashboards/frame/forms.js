// Below each label of a form stands what is meant; a long list can be narrowed by typing any part of what is looked for; whoever
// saves with the keyboard goes on from there.
(() => {
  const LONG = 30;
  let count = 0;
  const boxes = (heading) => {
    const fields = heading.closest(".widget-html")?.parentElement.querySelector(".fields");
    return fields ? [...fields.children] : [];
  };

  const hinted = (heading) => {
    const hints = JSON.parse(heading.dataset.hints), found = boxes(heading);
    if (found.length !== hints.length) return;  // not all of it is there yet
    delete heading.dataset.hints;
    found.forEach((box, place) => {
      const label = box.querySelector(".widget-label"), field = box.querySelector("input, select, textarea");
      if (!label || !field || !hints[place]) return;
      const hint = document.createElement("p");
      hint.className = "hint";
      hint.id = `hint-${count += 1}`;
      hint.textContent = hints[place];
      label.after(hint);
      label.removeAttribute("title");
      field.setAttribute("aria-describedby", hint.id);
    });
  };

  // Options are hidden, not taken out: what is chosen is told to the kernel by its place in the list.
  const narrowed = (list, words) => {
    const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
    [...list.options].forEach((option) => {
      const text = option.textContent.toLowerCase();
      option.hidden = Boolean(option.textContent.trim()) && !wanted.every((word) => text.includes(word));
    });
  };
  const chosen = (list) => {
    const first = [...list.options].findIndex((option) => option.textContent.trim() && !option.hidden);
    if (first < 0) return;
    list.selectedIndex = first;
    list.dispatchEvent(new Event("change", { bubbles: true }));
    list.focus();
  };
  const findable = (list) => {
    list.dataset.find = "";
    const name = list.closest(".widget-inline-hbox")?.querySelector(".widget-label")?.textContent.replace(" *", "");
    const find = document.createElement("input");
    Object.assign(find, { type: "search", className: "find", autocomplete: "off", placeholder: "Type to narrow the list, then Enter" });
    find.setAttribute("aria-label", `Narrow the list: ${name || "choices"}`);
    find.addEventListener("input", (event) => {
      event.stopPropagation();
      narrowed(list, find.value);
    });
    find.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      chosen(list);
    });
    list.before(find);
  };

  // What cannot be used while something is saved loses the keyboard. It has it again once it can; where it is gone, Save has it.
  let had = null;
  document.addEventListener("focusin", (event) => { had = event.target.closest("main .form") ? event.target : null; });
  const given = new MutationObserver(() => {
    if (!had?.isConnected || had.disabled || had.closest("[inert]") || document.activeElement !== document.body) return;
    const seen = [had, ...had.closest(".form").querySelectorAll("button")].find((each) => each.offsetParent && !each.disabled);
    seen?.focus({ preventScroll: true });
  });
  given.observe(document.body, { subtree: true, attributes: true, attributeFilter: ["disabled", "inert"] });

  sentrack.onPaint(() => {
    document.querySelectorAll("main .form h3[data-hints]").forEach(hinted);
    document.querySelectorAll("main .form select:not([data-find])").forEach((list) => {
      if (list.options.length > LONG) findable(list);
    });
  });
})();
