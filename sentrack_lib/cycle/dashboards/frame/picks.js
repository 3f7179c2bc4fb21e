// What is picked stays when one moves between the stages, and a cell of a table can open what it names. The page's kernel is told
// which parts are on the screen, so that it paints these first.
sentrack.picks = (() => {
  const KEPT = "sentrack picks", MESSAGE = 60;
  const root = document.documentElement;
  const said = { seen: [], want: {}, turn: 0 };
  const visible = new Set(), watched = new WeakSet();
  let count = 0, soon = 0, heard = "", arriving = false;

  const kept = () => { try { return JSON.parse(sessionStorage.getItem(KEPT)) || {}; } catch { return {}; } };
  const keep = (picks) => { try { sessionStorage.setItem(KEPT, JSON.stringify({ ...kept(), ...picks })); } catch {} };
  const chosen = (picks) => Object.values(picks).some((value) => value !== "all");

  const say = () => {
    soon = 0;
    const line = document.querySelector(".says input");
    if (!line) return;
    if (arriving === true) {
      arriving = "begun";
      said.want = kept();
      said.turn += 1;
    }
    said.seen = [...visible].sort((a, b) => a - b);
    line.value = JSON.stringify({ ...said, count: ++count });
    line.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const sayThis = () => { if (!soon) soon = setTimeout(say, MESSAGE); };
  const want = (picks) => {
    said.want = picks;
    said.turn += 1;
    stale();
    say();
  };

  // Parts that may show what was picked before are marked until they are painted anew.
  const parts = () => document.querySelectorAll("main .part");
  const number = (part) => Number([...part.classList].find((name) => /^part-\d+$/.test(name)).slice(5));
  const stale = () => {
    const heights = [...parts()].map((part) => [part, part.offsetHeight]);
    heights.forEach(([part, height]) => {
      part.style.minHeight = `${height}px`;
      part.setAttribute("aria-busy", "true");
    });
    sentrack.ended("nothing");
  };
  const fresh = (part) => {
    part.style.minHeight = "";
    part.removeAttribute("aria-busy");
  };
  const looks = new IntersectionObserver((found) => {
    found.forEach((each) => visible[each.isIntersecting ? "add" : "delete"](number(each.target)));
    sayThis();
  });

  const hear = () => {
    const told = document.querySelector(".told [data-told]");
    if (!told || told.dataset.told === heard) return;
    heard = told.dataset.told;
    const news = JSON.parse(heard);
    if (arriving === "begun" && news.turn >= said.turn) {
      arriving = false;
      root.classList.remove("moving");
    }
    if (!arriving) keep(news.picked);
    // What is chosen in a list is told by its place there, so that nothing is chosen while the list may change.
    document.querySelectorAll("main .form .widget-dropdown").forEach((list) => { list.inert = Boolean(news.renewing); });
    if (news.renewing) sentrack.ended("nothing");
    if (news.painted) {
      parts().forEach((part) => { if (news.painted === "all" || visible.has(number(part))) fresh(part); });
      sentrack.ended(news.painted);
    }
  };

  sentrack.onPaint(() => {
    parts().forEach((part) => {
      if (watched.has(part)) return;
      watched.add(part);
      looks.observe(part);
    });
    if (visible.size && !count) sayThis();
    hear();
  });

  document.addEventListener("change", (event) => {
    if (event.target.closest?.(".pickers")) stale();
  }, true);
  document.addEventListener("click", (event) => {
    const door = event.target.closest?.("button[data-opens]");
    if (door) open(JSON.parse(door.dataset.opens));
  });

  // A pupil has a page of their own; everything else is opened here.
  const open = (picks) => {
    const page = document.querySelector('nav[aria-label=Stages] a[href="pupil.ipynb"]');
    if (picks.pupil && page && !page.hasAttribute("aria-current")) {
      keep({ ...picks, year_group: "all", subject: "all", teaching_group: "all", need: "all" });
      location.assign(page.href);
      return;
    }
    want(picks);
    const picker = document.querySelector(".pickers select");
    picker?.scrollIntoView({ block: "center" });
    picker?.focus({ preventScroll: true });
  };

  const here = document.querySelector("nav[aria-label=Stages] a[aria-current]");
  if (here?.dataset.follows === "true" && chosen(kept())) {
    arriving = true;
    root.classList.add("moving");
    document.getElementById("loading_text").textContent = "Opening the page at what you picked …";
    setTimeout(() => root.classList.remove("moving"), 15000);
  }
  return { open };
})();
