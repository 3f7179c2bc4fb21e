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

  // Nothing yet, what is on the screen, or the whole page.
  const WORDS = { nothing: "", seen: "The rest of the page is being painted …", all: "End of page" };
  const ended = (how) => {
    by("end").textContent = WORDS[how];
    document.body.dataset.painted = how;
  };
  by("print").addEventListener("click", () => window.print());

  return { finished, ended, onPaint: (follow) => painted.push(follow) };
})();
