// The types of plugin.json, with its texts as they are: `npm run plugins -- types` and `npm start` write them anew.
declare const manifest: {
  "$schema": "../../../infra/manifest/plugin.schema.json",
  "manifestVersion": 1,
  "name": "simple-plugin",
  "version": "1.0.0",
  "description": "Listens to payment.succeeded and shows what it received: the smallest plugin that talks to another.",
  "author": "AnineePlus",
  "license": "Apache-2.0",
  "engine": "^1.0.0",
  "dependencies": {},
  "operations": {
    "listReceipts": {
      "http": {"method":"GET","path":"/simple/receipts"},
      "graphql": {"kind":"query","field":"receipts"},
      "scope": "receipts:read"
    }
  },
  "events": {
    "subscribes": {"onPaymentSucceeded":{"type":"payment.succeeded","version":"^1.0.0","function":"on-payment-succeeded"}}
  },
  "tables": {"receipts":{"partitionKey":"PK","sortKey":"SK","ttl":"ttl"}},
  "functions": {
    "api": {"entry":"functions/api.ts","memoryMb":256,"timeoutSeconds":10},
    "on-payment-succeeded": {"entry":"functions/on-payment-succeeded.ts","memoryMb":256,"timeoutSeconds":10}
  },
  "permissions": {"api":["table:receipts:read"],"on-payment-succeeded":["table:receipts:read","table:receipts:write"]}
};
export = manifest;
