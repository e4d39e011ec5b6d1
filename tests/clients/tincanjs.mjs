// TinCanJS posts a statement, reads it back, and keeps a state document.
import { createRequire } from "node:module";
const TinCan = createRequire(import.meta.url)("tincanjs");

const [endpoint, username, password] = process.argv.slice(2);
const lrs = new TinCan.LRS({ endpoint, username, password, version: "1.0.2", allowFail: false });
const agent = new TinCan.Agent({ mbox: "mailto:sari@example.org" });
const activity = new TinCan.Activity({ id: "http://lms.example.org/course/18" });
const statement = new TinCan.Statement({
  actor: agent.asVersion("1.0.2"),
  verb: { id: "http://adlnet.gov/expapi/verbs/completed", display: { en: "completed" } },
  object: activity.asVersion("1.0.2"),
});

const done = (method, ...args) =>
  new Promise((resolve, reject) => lrs[method](...args, { callback: (error, result) => (error ? reject(new Error(`${method}: ${error}`)) : resolve(result)) }));

await new Promise((resolve, reject) => lrs.saveStatement(statement, { callback: (error) => (error ? reject(new Error(`save: ${error}`)) : resolve()) }));
const read = await done("retrieveStatement", statement.id);
const page = await new Promise((resolve, reject) =>
  lrs.queryStatements({ params: { agent, activity, limit: 5 }, callback: (error, result) => (error ? reject(new Error(`query: ${error}`)) : resolve(result)) }),
);
await new Promise((resolve, reject) =>
  lrs.saveState("page", JSON.stringify({ page: 3 }), { agent, activity, contentType: "application/json", callback: (error) => (error ? reject(new Error(`state: ${error}`)) : resolve()) }),
);
const state = await new Promise((resolve, reject) =>
  lrs.retrieveState("page", { agent, activity, callback: (error, result) => (error ? reject(new Error(`state: ${error}`)) : resolve(result)) }),
);
console.log(JSON.stringify({ id: read.id, found: page.statements.length, page: state.contents.page }));
