// The verdict without a network. The best one is "genuine; status as of", never "valid": nobody knows what happened since.

import { isSignedBy, readPayload, thumbprint } from "./qr.js";
import { bitOf, readList } from "./statuslist.js";

const CLOCKS_APART = 5 * 60 * 1000;
const SIGNED_WITHIN = 24 * 60 * 60 * 1000; // a certificate is dated when it is due, and signed within a day

// `trust`: the checked list or null; `shelf`: where status lists are kept. Answers {verdict, reason, claims, issuer, at}.
export async function checkOffline(link, trust, shelf, now) {
  if (!trust) return { verdict: "cannot-check", reason: "no-trust" };
  if (trust.expires <= now) return { verdict: "cannot-check", reason: "trust-expired" };
  if (![...(trust.hosts?.current ?? []), ...(trust.hosts?.former ?? [])].includes(link.host)) return { verdict: "unknown-issuer", reason: "host" };
  if (!link.digits) return { verdict: "cannot-check", reason: "no-payload" };
  let claims;
  try {
    claims = await readPayload(link.digits);
  } catch {
    return { verdict: "altered", reason: "damaged" };
  }
  if (claims.id !== link.id) return { verdict: "altered", reason: "another" };
  const found = await issuerOf(claims.key, trust);
  if (!found) return { verdict: "unknown-issuer", reason: "key" };
  if (!(await isSignedBy(claims, found.jwk).catch(() => false))) return { verdict: "altered", reason: "signature" };
  const known = { claims, issuer: found.issuer };
  const issued = new Date(claims.issued * 1000), learned = new Date(claims.awarded * 1000);
  const key = found.issuer.keys[found.fragment];
  if (key?.revoked) return { verdict: "cannot-check", reason: "key-revoked", ...known };
  if (!key || new Date(key.from) > issued.getTime() + SIGNED_WITHIN || (key.until && new Date(key.until) <= issued)) return { verdict: "altered", reason: "key-dates", ...known };
  if (!found.issuer.grants.some((grant) => grant.kinds.includes(claims.kind ?? 0) && covers(grant, learned))) return { verdict: "unknown-issuer", reason: "grant", ...known };
  if (claims.expires && claims.expires * 1000 < now - CLOCKS_APART) return { verdict: "expired", reason: "", ...known };
  if (issued > now.getTime() + CLOCKS_APART) return { verdict: "cannot-check", reason: "early", ...known };
  return { ...known, ...(await status(claims, found, shelf)) };
}

async function status(claims, found, shelf) {
  const times = [];
  for (const purpose of ["revocation", "suspension"]) {
    const address = found.issuer.status[purpose].replace("{list}", claims.list);
    const kept = await shelf.list(address);
    if (!kept) return { verdict: "genuine", reason: "no-list" };
    try {
      const list = await readList(kept.token, address, purpose, found.issuer.id, found.keys);
      if (await bitOf(list, claims.index)) return { verdict: purpose === "revocation" ? "revoked" : "suspended", reason: "", at: list.signed };
      times.push(list.signed);
    } catch {
      return { verdict: "genuine", reason: "no-list" };
    }
  }
  return { verdict: "genuine", reason: "", at: new Date(Math.min(...times)) };
}

async function issuerOf(key, trust) {
  for (const issuer of trust.issuers) {
    const keys = keysOf(issuer);
    for (const [method, jwk] of Object.entries(keys)) {
      if ((await thumbprint(jwk)) === key) return { issuer, jwk, keys, fragment: method.split("#")[1] };
    }
  }
  return null;
}

// The P-256 keys that the issuer signs with, by the id of their methods.
export function keysOf(issuer) {
  const signing = (issuer.document.assertionMethod ?? []).filter((one) => typeof one === "string");
  const methods = issuer.document.verificationMethod.filter((one) => signing.includes(one.id) && one.controller === issuer.id && one.publicKeyJwk?.crv === "P-256");
  return Object.fromEntries(methods.map((one) => [one.id, one.publicKeyJwk]));
}

function covers(dates, moment) {
  return (!dates.from || new Date(dates.from) <= moment) && (!dates.until || moment < new Date(dates.until));
}
