// Brings trust list and status lists up to date while there is a network. Lists come through our own server: no issuer learns who is checked.

import { readTrustList } from "./trust.js";
import { signedAt } from "./statuslist.js";
import * as shelf from "./shelf.js";

const MOST_LISTS = 20; // of one issuer

export async function freshTrust() {
  const root = await (await fetch("/v/root.json")).text();
  const kept = await shelf.fact("trust");
  try {
    const answer = await fetch("/v/trust.json", { cache: "no-cache" });
    if (answer.ok) {
      const text = await answer.text();
      const told = await readTrustList(text, root, new Date(), kept?.version ?? 1);
      await shelf.keepFact("trust", { text, version: told.version, fetched: Date.now() });
      return told;
    }
  } catch { /* what is kept is used, if it holds */ }
  return keptTrust(root);
}

export async function keptTrust(rootText) {
  const root = rootText ?? (await (await fetch("/v/root.json")).text());
  const kept = await shelf.fact("trust");
  return kept ? readTrustList(kept.text, root, new Date(), kept.version).catch(() => null) : null;
}

// Both lists of every number that the issuer has.
export async function freshLists(issuer) {
  for (let number = 1; number <= MOST_LISTS; number++) {
    for (const purpose of ["revocation", "suspension"]) {
      const answer = await fetch(`/v/lists?${new URLSearchParams({ issuer: issuer.id, purpose, number })}`, { cache: "no-cache" }).catch(() => null);
      if (!answer) return false;
      if (answer.status === 404) return number > 1;
      if (!answer.ok) return false;
      const token = (await answer.text()).trim();
      await shelf.keepList({ address: issuer.status[purpose].replace("{list}", number), issuer: issuer.id, token, signed: signedAt(token).getTime() });
    }
  }
  return true;
}

export async function chosen() {
  return (await shelf.fact("chosen")) ?? [];
}

export async function choose(issuer, wanted) {
  const before = await chosen();
  await shelf.keepFact("chosen", wanted ? [...new Set([...before, issuer])] : before.filter((one) => one !== issuer));
}
