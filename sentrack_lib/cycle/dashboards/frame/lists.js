// Tables that can be sorted by each of their columns, and long ones searched; how a table stands is kept when it is painted anew.
(() => {
  const LONG = 15;
  const standing = new Map();
  const MONTHS = "January February March April May June July August September October November December".split(" ");

  const worth = (cell) => {
    const words = cell.innerText.trim();
    const day = words.match(/^(\d{1,2}) ([A-Z][a-z]+) (\d{4})/);
    if (day && MONTHS.includes(day[2])) return Date.UTC(day[3], MONTHS.indexOf(day[2]), day[1]);
    const amount = words.replace(/[£,\s]/g, "").replace("\u2212", "-").match(/^[+-]?\d+(\.\d+)?(?=$|%|\D)/);
    return amount && (cell.classList.contains("number") || /^[+-]?\d/.test(words.replace("\u2212", "-"))) ? Number(amount[0]) : words;
  };
  const compared = (a, b) => {
    if (a === "" || b === "") return (a === "") - (b === "");  // what is missing stays at the end
    return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en-GB", { numeric: true });
  };

  const arranged = (table) => {
    const own = standing.get(table.id);
    const rows = [...table.tBodies[0].rows];
    rows.forEach((row, place) => { row.dataset.place ??= place; });
    rows.sort((a, b) => a.dataset.place - b.dataset.place);
    if (own.order) {
      const value = new Map(rows.map((row) => [row, worth(row.cells[own.column])]));
      rows.sort((a, b) => {
        const [x, y] = [value.get(a), value.get(b)];
        const turned = own.order === "descending" && x !== "" && y !== "" ? -1 : 1;
        return turned * compared(x, y);
      });
    }
    table.tBodies[0].append(...rows);
    atStop(table, doors(table)[0]);
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      if (own.order && column === own.column) head.setAttribute("aria-sort", own.order);
      else head.removeAttribute("aria-sort");
    });
  };

  const searched = (table, count) => {
    const words = standing.get(table.id).words.toLowerCase().split(/\s+/).filter(Boolean);
    const rows = [...table.tBodies[0].rows];
    rows.forEach((row) => {
      const text = row.innerText.toLowerCase() || row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
    });
    atStop(table, doors(table)[0]);
    const left = rows.filter((row) => !row.hidden).length;
    if (count) count.textContent = words.length ? `${left} of ${rows.length} rows` : "";
  };

  const ordered = (table, column) => {
    const own = standing.get(table.id);
    const next = { ascending: "descending", descending: "" };
    own.order = own.column === column && own.order ? next[own.order] : "ascending";
    own.column = column;
    arranged(table);
  };

  // A table is one stop of the Tab key however many of its cells open something; the arrows lead from one to the next.
  const doors = (table) => [...table.tBodies[0].querySelectorAll("button[data-opens]")].filter((door) => door.offsetParent);
  const atStop = (table, stop) => doors(table).forEach((door) => { door.tabIndex = door === stop ? 0 : -1; });
  document.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const door = step && event.target.closest?.("td button[data-opens]");
    if (!door) return;
    const all = doors(door.closest("table"));
    const next = all[all.indexOf(door) + step];
    event.preventDefault();
    if (!next) return;
    atStop(door.closest("table"), next);
    next.focus();
  });

  const fit = (table) => {
    table.dataset.list = "";
    atStop(table, table.tBodies[0].querySelector("button[data-opens]"));
    if (!standing.has(table.id)) standing.set(table.id, { column: 0, order: "", words: "" });
    if (table.tBodies[0].rows.length > 1) {
      [...table.tHead.rows[0].cells].forEach((head, column) => {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = head.textContent;
        button.addEventListener("click", () => ordered(table, column));
        head.replaceChildren(button);
      });
    }
    let count = null;
    if (table.tBodies[0].rows.length > LONG) {
      const field = document.createElement("p");
      field.className = "search";
      field.innerHTML = '<label>Search this table <input type="search" autocomplete="off"></label> <span role="status"></span>';
      const input = field.querySelector("input");
      count = field.querySelector("[role=status]");
      input.value = standing.get(table.id).words;
      input.addEventListener("input", () => {
        standing.get(table.id).words = input.value;
        searched(table, count);
      });
      table.closest("[role=region]").before(field);
    }
    if (standing.get(table.id).order) arranged(table);
    if (standing.get(table.id).words) searched(table, count);
  };

  sentrack.onPaint(() => {
    document.querySelectorAll("main .jupyter-widgets [role=region] > table[id]:not([data-list])").forEach((table) => {
      if (table.tHead && table.tBodies[0]) fit(table);
    });
  });
})();
