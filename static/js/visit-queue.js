/* Reports made without a network, sent once there is one: by a page, or by the service worker when
   the tab was closed. Each carries the key that this device drew, so that one sent twice is filed
   once. A classic script, as visit-store.js: it defines `visitQueue`. */

globalThis.visitQueue = (() => {
  const SESSION = "/visite/session/";
  const REPORTS = "/visite/signalements/";
  const REFUSED = [403, 404, 422];

  /* Who is signed in, and the token of its forms; { fini } when nobody is. Throws without a network. */
  async function session(pass) {
    const headers = pass ? { "Laissez-Passer": pass } : {};
    const answer = await fetch(SESSION, { headers, cache: "no-store" });
    if (!answer.ok && answer.status !== 401) throw new Error(`session ${answer.status}`);
    return answer.json();
  }

  function isJson(answer) {
    return answer.headers.get("Content-Type")?.startsWith("application/json");
  }

  async function post(report, token) {
    const answer = await fetch(REPORTS, {
      method: "POST",
      body: new URLSearchParams(report.facts),
      headers: { "X-CSRFToken": token },
      cache: "no-store",
    });
    if (answer.ok) return visitStore.drop(report.key);
    if (!REFUSED.includes(answer.status) || !isJson(answer)) throw new Error(`report ${answer.status}`);
    const { raison } = await answer.json();
    return visitStore.queue({ ...report, refusal: raison });
  }

  /* One that the server cannot take today does not hold back the others. */
  async function postAll(reports, token) {
    for (const report of reports) {
      try {
        await post(report, token);
      } catch {
        // It stays, and goes the next time.
      }
    }
  }

  async function waiting(account) {
    const reports = await visitStore.reports();
    return reports.filter((report) => !report.refusal && (!account || report.account === account));
  }

  async function sendAll() {
    const before = await waiting();
    if (!before.length) return { sent: 0, refused: 0, waiting: 0, isSignedOut: false };
    const { compte, jeton } = await session();
    if (!compte) return { sent: 0, refused: 0, waiting: before.length, isSignedOut: true };
    const mine = await waiting(compte);
    await postAll(mine, jeton);
    const left = new Map((await visitStore.reports()).map((report) => [report.key, report]));
    const kept = mine.filter((report) => left.has(report.key));
    const refused = kept.filter((report) => left.get(report.key).refusal).length;
    const still = kept.length - refused;
    return { sent: mine.length - kept.length, refused, waiting: still, isSignedOut: false };
  }

  /* By one page or worker at a time: { sent, refused, waiting: how many, isSignedOut }. Throws without a
     network. */
  function send() {
    return navigator.locks ? navigator.locks.request("visite-envoi", sendAll) : sendAll();
  }

  return { session, send };
})();
