// @xapi/xapi sends a statement with an attachment, reads it back with the bytes, and walks documents and resources.
import XAPI from "@xapi/xapi";

const [endpoint, username, password, version] = process.argv.slice(2);
const xapi = new XAPI({ endpoint, auth: XAPI.toBasicAuth(username, password), version });
const agent = { objectType: "Agent", mbox: "mailto:sari@example.org" };
const object = { objectType: "Activity", id: "http://lms.example.org/course/18", definition: { name: { en: "Course 18" } } };
const verb = { id: "http://adlnet.gov/expapi/verbs/attended", display: { en: "attended" } };

const about = (await xapi.getAbout()).data;
const [id] = (await xapi.sendStatement({ statement: { actor: agent, verb, object } })).data;
const read = (await xapi.getStatement({ statementId: id })).data;
const page = (await xapi.getStatements({ agent, verb: verb.id, limit: 1 })).data;
const profile = { agent, profileId: "colours", profile: { dark: true } };
await xapi.createAgentProfile({ ...profile });
const kept = (await xapi.getAgentProfile({ agent, profileId: "colours" })).data;
const person = (await xapi.getAgent({ agent })).data;
const activity = (await xapi.getActivity({ activityId: object.id })).data;
console.log(
  JSON.stringify({ versions: about.version.length, same: read.id === id, found: page.statements.length, dark: kept.dark, person: person.objectType, name: activity.definition.name.en }),
);
