// Says aloud what would otherwise happen in silence: a page that does not open, a kernel that ended, a server that stopped.
const sentrack = (() => {
  const PATIENCE = 90000, EVERY = 4000;
  const say = (words) => {
    const lost = document.getElementById("lost");
    lost.textContent = words;
    lost.hidden = false;
  };
  const tell = () => say("This page has lost its connection and no longer follows your choices. Reload it to go on.");
  const late = setTimeout(() => say("This page could not be opened. Reload it; if this comes again, stop and start the dashboards."), PATIENCE);

  // The address holds the token; on a projector it would be read by everyone.
  const address = new URL(location.href);
  address.searchParams.delete("token");
  history.replaceState(null, "", address);

  // A screen reader reads out changes of an element that has this role before it changes.
  const observer = new MutationObserver(() => document.querySelectorAll(".said:not([role])").forEach((line) => line.setAttribute("role", "status")));

  const watch = async (kernel) => {
    try {
      const answer = await fetch(kernel, { cache: "no-store", signal: AbortSignal.timeout(EVERY) });
      if (answer.ok) return setTimeout(watch, EVERY, kernel);
    } catch {}
    tell();
  };

  const finished = () => {
    clearTimeout(late);
    const known = JSON.parse(document.getElementById("jupyter-config-data").textContent);
    observer.observe(document.body, { childList: true, subtree: true });
    setTimeout(watch, EVERY, `${known.baseUrl}api/kernels/${known.kernelId}`);
  };
  return { finished };
})();
