// The types of plugin.json, with its texts as they are: `npm run plugins -- types` and `npm start` write them anew.
declare const manifest: {
  "$schema": "../../../infra/manifest/plugin.schema.json",
  "manifestVersion": 1,
  "name": "advanced-plugin",
  "version": "2.0.0",
  "description": "Loyalty points for payments: earned, taken back with refunds, stated each month, redeemed for vouchers.",
  "author": "AnineePlus",
  "license": "Apache-2.0",
  "engine": "^1.0.0",
  "dependencies": {"payment":{"version":"^1.0.0","optional":false,"operations":["getPayment"],"maxHops":1}},
  "operations": {
    "getPoints": {
      "http": {"method":"GET","path":"/loyalty/points"},
      "graphql": {"kind":"query","field":"loyaltyPoints"},
      "scope": "loyalty:read",
      "expose": "public",
      "function": "api"
    },
    "listStatements": {
      "http": {"method":"GET","path":"/loyalty/statements"},
      "graphql": {"kind":"query","field":"loyaltyStatements"},
      "scope": "loyalty:read"
    },
    "redeemPoints": {
      "http": {"method":"POST","path":"/loyalty/redemptions","throttle":{"rate":20,"burst":40}},
      "graphql": {"kind":"mutation","field":"redeemPoints"},
      "scope": "loyalty:redeem",
      "function": "redemptions"
    }
  },
  "events": {
    "publishes": [{"type":"loyalty.statement_issued","version":"1.0.0"}],
    "subscribes": {
      "onPaymentSucceeded": {
        "type": "payment.succeeded",
        "version": "^1.1.0",
        "function": "on-payment-succeeded",
        "filter": {"data":{"final":[true]}},
        "batchSize": 10,
        "maximumConcurrency": 5
      },
      "onRefundSucceeded": {"type":"refund.succeeded","version":"^1.0.0","function":"on-refund-succeeded"},
      "onRefundFailed": {"type":"refund.failed","version":"^1.0.0","function":"on-refund-failed"}
    }
  },
  "schedules": {
    "statements": {
      "function": "schedules",
      "cron": "0 3 1 * ? *",
      "description": "Closes the months that are over, with a statement for each tenant"
    },
    "balances": {"function":"schedules","rate":"1 day","description":"Counts the accounts that owe points"}
  },
  "tables": {
    "points": {
      "partitionKey": "PK",
      "sortKey": "SK",
      "ttl": "ttl",
      "indexes": {
        "tenants-by-month": {"partitionKey":"GSI1PK","sortKey":"GSI1SK","projection":"INCLUDE","nonKeyAttributes":["tenant"]}
      },
      "stream": {"view":"NEW_IMAGE","relay":{"sortKeyPrefix":"EVT#"}}
    }
  },
  "functions": {
    "api": {"entry":"functions/api.ts","description":"Points and statements","memoryMb":256,"timeoutSeconds":10},
    "redemptions": {
      "entry": "functions/redemptions.ts",
      "description": "Redeems points; the only function that may call the payment plugin",
      "timeoutSeconds": 20,
      "reservedConcurrency": 20
    },
    "on-payment-succeeded": {"entry":"functions/on-payment-succeeded.ts"},
    "on-refund-succeeded": {"entry":"functions/on-refund-succeeded.ts"},
    "on-refund-failed": {"entry":"functions/on-refund-failed.ts"},
    "schedules": {"entry":"functions/schedules.ts","timeoutSeconds":60}
  },
  "permissions": {
    "api": ["table:points:read"],
    "redemptions": ["table:points:read","table:points:write","call:payment.getPayment"],
    "on-payment-succeeded": ["table:points:read","table:points:write"],
    "on-refund-succeeded": ["table:points:read","table:points:write"],
    "on-refund-failed": ["table:points:read","table:points:write"],
    "schedules": ["table:points:read","table:points:write"],
    "relay": ["events:publish:loyalty.*"]
  },
  "config": {"version":2,"envPrefix":"ADVANCED_PLUGIN"},
  "deploy": {"load":"manual","strategy":"allAtOnce"},
  "observability": {
    "tracing": true,
    "alarms": {
      "negative_balance": {
        "metric": "loyalty.balance.negative",
        "threshold": 1,
        "periodMinutes": 1440,
        "description": "A tenant has redeemed points of payments that were refunded later, and owes them: settle with it",
        "runbook": "README.md#alarm-negative_balance"
      }
    },
    "defaults": {"duration":{"threshold":90,"periodMinutes":10}},
    "dashboard": true
  }
};
export = manifest;
