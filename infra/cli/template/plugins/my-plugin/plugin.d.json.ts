// The types of plugin.json, with its texts as they are: `npm run plugins -- types` and `npm start` write them anew.
declare const manifest: {
  "$schema": "../../infra/manifest/plugin.schema.json",
  "manifestVersion": 1,
  "name": "my-plugin",
  "version": "0.1.0",
  "description": "Greets whoever is named, as the time of day wants it.",
  "author": "You",
  "engine": "^1.0.0",
  "operations": {
    "greet": {
      "http": {"method":"GET","path":"/my-plugin/greetings/{name}"},
      "graphql": {"kind":"query","field":"myPluginGreeting"},
      "scope": "my-plugin:read"
    }
  },
  "functions": {"api":{"entry":"functions/api.ts"}},
  "permissions": {"api":[]}
};
export = manifest;
