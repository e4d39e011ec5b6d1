// What the offline page keeps: trust list, status lists, which issuers were chosen. At most 5 MB; the list that was not needed for longest goes first.

const NAME = "jejak-verifier", MOST = 5 * 1024 * 1024;

function opened() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("facts");
      asked.result.createObjectStore("lists");
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function within(store, mode, work) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(store, mode);
      const asked = work(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(asked?.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

export const fact = (name) => within("facts", "readonly", (store) => store.get(name));
export const keepFact = (name, value) => within("facts", "readwrite", (store) => store.put(value, name));
export const list = (address) => within("lists", "readonly", (store) => store.get(address));
export const lists = () => within("lists", "readonly", (store) => store.getAll());

// `signed`: when the issuer signed it. A list is never replaced by an older one.
export async function keepList(entry) {
  const before = await list(entry.address);
  if (before && before.signed > entry.signed) return false;
  await within("lists", "readwrite", (store) => store.put({ ...entry, used: Date.now() }, entry.address));
  await shrink();
  return true;
}

export async function size() {
  const kept = await lists(), trust = await fact("trust");
  return kept.reduce((sum, one) => sum + one.token.length, 0) + (trust?.text.length ?? 0);
}

async function shrink() {
  const kept = (await lists()).sort((one, other) => other.used - one.used);
  let sum = (await fact("trust"))?.text.length ?? 0;
  for (const one of kept) {
    sum += one.token.length;
    if (sum > MOST) await within("lists", "readwrite", (store) => store.delete(one.address));
  }
}
