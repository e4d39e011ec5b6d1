// Digital Bazaar's libraries check credentials. Standard input: {documents: {ADDRESS: JSON}, now: TIME, cases: {NAME: {credential, documents?}}}.
// Standard output: {NAME: {verified, status, errors}}; `status`: the bit of the status list. Nothing is fetched.
import { DataIntegrityProof } from "@digitalbazaar/data-integrity";
import { cryptosuite } from "@digitalbazaar/eddsa-rdfc-2022-cryptosuite";
import { checkStatus } from "@digitalbazaar/vc-bitstring-status-list";
import { verifyCredential } from "@digitalbazaar/vc";

const MULTIKEY = "https://w3id.org/security/multikey/v1";

// A part of a DID document is loaded by its own address, as a resolver would.
const loader = (documents) => async (address) => {
  const [whole] = address.split("#");
  const found = documents[whole];
  if (!found) throw new Error(`not bundled: ${address}`);
  const method = found.verificationMethod?.find((one) => one.id === address);
  if (whole !== address && !method) throw new Error(`no such key: ${address}`);
  const document = method ? { "@context": MULTIKEY, ...method } : found;
  return { contextUrl: null, documentUrl: address, document };
};

// The library judges a status list's own dates by the clock, so the clock is set for it.
const setClock = (moment) => {
  const Real = Date;
  globalThis.Date = class extends Real {
    constructor(...told) {
      super(...(told.length ? told : [moment]));
    }
    static now() {
      return new Real(moment).getTime();
    }
  };
};

let text = "";
for await (const part of process.stdin) text += part;
const { documents, now, cases } = JSON.parse(text);
setClock(now);
const told = {};
for (const [name, one] of Object.entries(cases)) {
  const suite = new DataIntegrityProof({ cryptosuite });
  const documentLoader = loader({ ...documents, ...one.documents });
  try {
    const result = await verifyCredential({ credential: one.credential, suite, documentLoader, checkStatus, now: new Date(now) });
    const errors = [result.error, result.statusResult?.error].filter(Boolean).flatMap((error) => error.errors ?? [error]);
    const status = result.statusResult?.results?.[0]?.status ?? null;
    told[name] = { verified: result.verified, status, errors: errors.map((error) => error.message) };
  } catch (error) {
    told[name] = { verified: false, status: null, errors: [error.message] };
  }
}
console.log(JSON.stringify(told));
