// An OpenID provider for tests: node provider.mjs PORT CALLBACK. Whoever signs in is who they say they are; `preferred_username` is the login.
import Provider from "oidc-provider";

const [port, callback] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const provider = new Provider(issuer, {
  clients: [{
    client_id: "jejak", client_secret: "rahasia-uji-yang-panjang-sekali", redirect_uris: [callback],
    grant_types: ["authorization_code"], response_types: ["code"], token_endpoint_auth_method: "client_secret_basic",
  }],
  claims: { openid: ["sub"], profile: ["preferred_username"] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  cookies: { keys: ["kunci-uji"] },
  findAccount: (_, id) => ({ accountId: id, claims: async () => ({ sub: id, preferred_username: id }) }),
});
provider.listen(port, "127.0.0.1", () => console.log("ready"));
