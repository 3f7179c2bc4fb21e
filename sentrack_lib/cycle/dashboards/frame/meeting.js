// Meeting mode: large type, one section at a time, the items of an agenda one by one, and what is decided at hand.
(() => {
  const AGENDA = '[aria-label^="Agenda"] table', DECIDES = ["An item is closed", "What is agreed"];
  const cells = () => [...document.querySelectorAll("main > div > [cell-index]:not([hidden])")];
  const titleOf = (cell) => cell.querySelector("h2");
  const button = document.getElementById("meet");
  let place = 0, on = false, bar = null;

  const sections = () => {
    const found = [{ title: document.querySelector("main h1")?.innerText || "", cells: [] }];
    cells().forEach((cell) => {
      const title = titleOf(cell);
      if (title) found.push({ title: title.innerText, cells: [] });
      found[found.length - 1].cells.push(cell);
    });
    return found.filter((each) => each.cells.some((cell) => cell.innerText.trim() || cell.querySelector("img, .form")) || on);
  };
  const rowsOf = (section) => section.cells.flatMap((cell) => [...cell.querySelectorAll(`${AGENDA} tbody tr`)]);
  const steps = () => sections().flatMap((section) => {
    const rows = rowsOf(section);
    return rows.length ? rows.map((row, item) => ({ section, row, item: item + 1, of: rows.length })) : [{ section }];
  });
  const headingOf = (cell) => cells().slice(0, cells().indexOf(cell) + 1).filter(titleOf).at(-1);
  const decision = () => {
    const forms = cells().filter((cell) => cell.querySelector(".form"));
    const titled = (title) => forms.find((cell) => [...cell.querySelectorAll("h3")].some((each) => each.textContent === title));
    const form = DECIDES.map(titled).find(Boolean) || forms[0];
    return form ? [...cells().filter((cell) => cell.querySelector(".author")), headingOf(form), form].filter(Boolean) : [];
  };

  const show = () => {
    const all = steps();
    place = Math.max(0, Math.min(place, all.length - 1));
    const now = all[place];
    const hand = document.body.classList.contains("deciding") ? decision() : [];
    cells().forEach((cell) => {
      const wanted = now.section.cells.includes(cell) || cell.querySelector("h1, .pickers") || hand.includes(cell);
      cell.classList.toggle("aside", !wanted);
      cell.classList.toggle("at-hand", hand.includes(cell) && !now.section.cells.includes(cell));
    });
    document.querySelectorAll(`${AGENDA} tbody tr`).forEach((row) => row.classList.toggle("aside", now.row ? row !== now.row : false));
    const item = now.row ? `, item ${now.item} of ${now.of}` : "";
    bar.querySelector("[role=status]").textContent = `${place + 1} of ${all.length}: ${now.section.title}${item}`;
    const [before, after] = [bar.querySelector(".before"), bar.querySelector(".after")], at = document.activeElement;
    before.disabled = place === 0;
    after.disabled = place === all.length - 1;
    // A button that cannot be pressed loses the keyboard: the other one has it then.
    if (at.disabled && bar.contains(at)) (at === before ? after : before).focus();
  };
  const go = (by) => {
    place += by;
    show();
    scrollTo(0, 0);
  };
  const decide = (event) => {
    const open = document.body.classList.toggle("deciding");
    event.target.setAttribute("aria-pressed", open);
    show();
    if (open) document.querySelector(".form")?.closest("[cell-index]") && decision().at(-1)?.scrollIntoView({ block: "start" });
  };

  const make = () => {
    bar = document.createElement("div");
    bar.id = "steps";
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", "Meeting");
    const forms = decision().length > 0, plan = document.querySelector('nav[aria-label=Stages] a[href="3_plan.ipynb"]');
    bar.innerHTML = '<button type="button" class="before">Previous</button> <span role="status"></span> <button type="button" class="after">Next</button> '
      + (forms ? '<button type="button" class="decide" aria-pressed="false">Write down a decision</button>' : plan ? '<a href="3_plan.ipynb">Write down a decision</a>' : "")
      + ' <button type="button" class="leave">Leave meeting mode</button>';
    bar.querySelector(".before").addEventListener("click", () => go(-1));
    bar.querySelector(".after").addEventListener("click", () => go(1));
    bar.querySelector(".decide")?.addEventListener("click", decide);
    bar.querySelector(".leave").addEventListener("click", toggle);
    document.querySelector("main").prepend(bar);
  };
  const toggle = () => {
    on = !on;
    button.setAttribute("aria-pressed", on);
    document.body.classList.toggle("meeting", on);
    document.body.classList.remove("deciding");
    if (on) {
      place = 0;
      make();
      show();
      bar.querySelector(".after").focus();
    } else {
      bar.remove();
      document.querySelectorAll("main .aside, main .at-hand").forEach((each) => each.classList.remove("aside", "at-hand"));
      button.focus();
    }
  };
  button.addEventListener("click", toggle);
  document.addEventListener("keydown", (event) => {
    if (!on || event.target.closest("input, select, textarea")) return;
    if (event.key === "PageDown") { event.preventDefault(); go(1); }
    if (event.key === "PageUp") { event.preventDefault(); go(-1); }
    if (event.key === "Escape") toggle();
  });
  sentrack.onPaint(() => { if (on) show(); });
})();
