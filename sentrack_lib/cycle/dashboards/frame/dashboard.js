// Says aloud what would otherwise happen in silence: a page that does not open, a kernel that ended, a server that stopped; and how
// far the page is painted.
const sentrack = (() => {
  const PATIENCE = 90000, EVERY = 4000;
  const painted = [];
  const by = (id) => document.getElementById(id);
  const say = (words) => {
    by("lost").textContent = words;
    by("lost").hidden = false;
  };
  const tell = () => say("This page has lost its connection and no longer follows your choices. Reload it to go on.");
  const late = setTimeout(() => say("This page could not be opened. Reload it; if this comes again, stop and start the dashboards."), PATIENCE);

  // The address holds the token; on a projector it would be read by everyone.
  const address = new URL(location.href);
  address.searchParams.delete("token");
  history.replaceState(null, "", address);

  // What was sent with the page gives way to the widget that follows the pickers; its height is kept meanwhile.
  const giveWay = () => document.querySelectorAll(".first").forEach((first) => {
    const widget = first.parentElement.querySelector(".jp-OutputArea-output .jupyter-widgets, .jupyter-widgets");
    if (widget && (widget.offsetHeight || !first.textContent.trim())) first.remove();
  });

  // A screen reader reads out changes of an element that has this role before it changes.
  const changed = () => {
    document.querySelectorAll(".said:not([role])").forEach((line) => line.setAttribute("role", "status"));
    // Voilà's own frame brings a head that is empty; the page has one.
    document.querySelectorAll(".jp-LabShell [role=banner]").forEach((empty) => empty.removeAttribute("role"));
    giveWay();
    painted.forEach((follow) => follow());
  };
  let waiting = 0;
  const observer = new MutationObserver(() => {
    if (!waiting) waiting = requestAnimationFrame(() => { waiting = 0; changed(); });
  });

  const watch = async (kernel) => {
    try {
      const answer = await fetch(kernel, { cache: "no-store", signal: AbortSignal.timeout(EVERY) });
      if (answer.ok) return setTimeout(watch, EVERY, kernel);
    } catch {}
    tell();
  };

  const config = () => JSON.parse(document.getElementById("jupyter-config-data").textContent);

  // Voilà ends the kernel of a page that is left, but not before all of its own script has run.
  addEventListener("pagehide", () => {
    if (!document.getElementById("jupyter-config-data")) return;  // there is no kernel yet
    const known = config(), form = new FormData();
    form.append("_xsrf", /(?:^|; )_xsrf=([^;]*)/.exec(document.cookie)?.[1] ?? "");
    navigator.sendBeacon(`${known.baseUrl}voila/api/shutdown/${known.kernelId}`, form);
  });

  const finished = () => {
    clearTimeout(late);
    const known = config();
    observer.observe(document.querySelector("main"), { childList: true, subtree: true });
    changed();
    setTimeout(watch, EVERY, `${known.baseUrl}api/kernels/${known.kernelId}`);
  };

  // Where nothing can be picked, what these readers are not shown will not come: it goes with the words that lead to it, and with
  // its section where that shows nothing else, as in a pack.
  const unseen = (cell) => cell.querySelector(".unseen") && !cell.querySelector("table, ul, img, p:not(.unseen)");
  const shows = (cell) => !unseen(cell) && (cell.innerText.trim() || cell.querySelector("img"));
  const parted = (cells, begins) => cells.reduce((found, cell) => {
    if (begins(cell) || !found.length) found.push([]);
    found.at(-1).push(cell);
    return found;
  }, []);
  const listed = (heading) => [...by("sections").querySelectorAll("a")].find((each) => each.textContent === heading.firstChild.textContent);
  const without = () => {
    if (document.body.dataset.painted !== "all" || document.querySelector("main .pickers")) return;
    const cells = [...document.querySelectorAll("main > div > [cell-index]")];
    parted(cells, (cell) => cell.querySelector("h2")).forEach((section) => {
      const heading = section[0].querySelector("h2"), groups = parted(section, (cell) => cell.querySelector(".jp-RenderedMarkdown"));
      if (!heading || !section.some(unseen)) return;
      const empty = !section.some((cell) => shows(cell) && !cell.querySelector(".jp-RenderedMarkdown"));
      groups.forEach((group) => group.forEach((cell) => {
        const leads = cell === group[0] && cell !== section[0] && group.some(unseen) && !group.slice(1).some(shows);
        cell.hidden = empty || leads || Boolean(unseen(cell));
      }));
      const link = listed(heading);
      if (link) link.parentElement.hidden = empty;
    });
  };
  painted.push(without);

  // Nothing yet, what is on the screen, or the whole page.
  const WORDS = { nothing: "", seen: "The rest of the page is being painted …", all: "End of page" };
  const ended = (how) => {
    by("end").textContent = WORDS[how];
    document.body.dataset.painted = how;
    without();
  };

  // What one jumps to, or fills in, is not to lie below the pickers that stay at the top of the screen.
  const above = (box) => {
    const stays = getComputedStyle(box).position === "sticky" ? box.offsetHeight : 0;
    document.documentElement.style.scrollPaddingTop = `${stays + 16}px`;
  };
  const heights = new ResizeObserver((found) => found.forEach((each) => above(each.target)));
  const sticky = new WeakSet();
  painted.push(() => document.querySelectorAll("[cell-index]:has(.pickers), #steps").forEach((box) => {
    if (!sticky.has(box)) heights.observe(box);
    sticky.add(box);
  }));
  by("print").addEventListener("click", () => window.print());

  return { finished, ended, onPaint: (follow) => painted.push(follow) };
})();
