// Status lists as tokens (docs/formats.md, "Status lists"): signed by the issuer, of that address, and what their bit says.

import { base64url, inflated, verifies } from "./qr.js";

const LEAST_ENTRIES = 131072, LONGEST = 2 * 1024 * 1024;

// The list, when it is the issuer's own, under this address; throws otherwise. `keys`: the issuer's P-256 keys by the id of their methods.
export async function readList(token, address, purpose, issuer, keys) {
  const [head, body, signature] = token.trim().split(".");
  const header = told(head), claims = told(body);
  const jwk = keys[header.kid];
  if (header.alg !== "ES256" || !jwk) throw new Error("key");
  if (!(await verifies(jwk, base64url(signature), new TextEncoder().encode(`${head}.${body}`)))) throw new Error("signature");
  const owner = typeof claims.issuer === "object" ? claims.issuer.id : claims.issuer;
  const subject = claims.credentialSubject;
  if (claims.id !== address || owner !== issuer || subject.type !== "BitstringStatusList" || subject.statusPurpose !== purpose) throw new Error("another list");
  return { signed: new Date(claims.validFrom), encoded: subject.encodedList };
}

export async function bitOf(list, index) {
  const bits = await inflated(base64url(list.encoded.slice(1)), "gzip", LONGEST);
  if (bits.length * 8 < LEAST_ENTRIES || index >= bits.length * 8) throw new Error("length");
  return Boolean((bits[index >> 3] >> (7 - (index & 7))) & 1);
}

// When it was signed, without asking by whom: to keep a newer one from being replaced.
export function signedAt(token) {
  return new Date(told(token.split(".")[1]).validFrom);
}

function told(part) {
  return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(base64url(part)));
}
