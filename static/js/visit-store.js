/* What this device keeps for visits, in IndexedDB: the pack, what is known of it, and the reports that
   wait for a network. A classic script and not a module, since the service worker loads it too and
   few browsers give workers modules: it defines `visitStore`.

   meta: { account, session, pass, etag, query, label, preparedAt, lasts, storedAt, seenAt, size, mayReport }
   report: { key, account, madeAt, facts: [[name, value], …], words, refusal } */

globalThis.visitStore = (() => {
  const NAME = "visite";
  const KEPT = "kept";
  const REPORTS = "reports";
  let opening = null;

  function create(db) {
    db.createObjectStore(KEPT);
    db.createObjectStore(REPORTS, { keyPath: "key" });
  }

  function connect() {
    return new Promise((resolve, reject) => {
      const asked = indexedDB.open(NAME, 1);
      asked.onupgradeneeded = () => create(asked.result);
      asked.onerror = () => reject(asked.error);
      asked.onsuccess = () => {
        const db = asked.result;
        db.onclose = () => (opening = null);
        db.onversionchange = () => {
          db.close();
          opening = null;
        };
        resolve(db);
      };
    });
  }

  function open() {
    opening ??= connect().catch((error) => {
      opening = null;
      throw error;
    });
    return opening;
  }

  /* Once the whole is written: a full disk is told at the end. */
  async function run(name, mode, work) {
    const transaction = (await open()).transaction(name, mode);
    const request = work(transaction.objectStore(name));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(request?.result);
      transaction.onabort = () => reject(transaction.error ?? request?.error);
    });
  }

  return {
    pack: () => run(KEPT, "readonly", (store) => store.get("pack")),
    meta: () => run(KEPT, "readonly", (store) => store.get("meta")),
    reports: () => run(REPORTS, "readonly", (store) => store.getAll()),
    keepMeta: (meta) => run(KEPT, "readwrite", (store) => store.put(meta, "meta")),
    keep: (pack, meta) =>
      run(KEPT, "readwrite", (store) => {
        store.put(pack, "pack");
        store.put(meta, "meta");
      }),
    erase: () => run(KEPT, "readwrite", (store) => store.clear()),
    /* The pack goes, and what is known of it says why. */
    dropPack: () => run(KEPT, "readwrite", (store) => store.delete("pack")),
    queue: (report) => run(REPORTS, "readwrite", (store) => store.put(report)),
    drop: (key) => run(REPORTS, "readwrite", (store) => store.delete(key)),
  };
})();
