// The types of plugin.json, with its texts as they are: `npm run plugins -- types` and `npm start` write them anew.
declare const manifest: {
  "$schema": "../../infra/manifest/plugin.schema.json",
  "manifestVersion": 1,
  "name": "payment",
  "version": "1.0.0",
  "description": "Takes payments through Stripe and PayPal: exact money, one charge per intent, events for every change.",
  "author": "AnineePlus",
  "license": "Apache-2.0",
  "engine": "^1.0.0",
  "dependencies": {},
  "operations": {
    "createPayment": {
      "http": {"method":"POST","path":"/payments"},
      "graphql": {"kind":"mutation","field":"createPayment"},
      "scope": "payments:write"
    },
    "getPayment": {
      "http": {"method":"GET","path":"/payments/{id}"},
      "graphql": {"kind":"query","field":"payment"},
      "scope": "payments:read"
    },
    "listPayments": {
      "http": {"method":"GET","path":"/payments"},
      "graphql": {"kind":"query","field":"payments"},
      "scope": "payments:read"
    },
    "listTransactions": {
      "http": {"method":"GET","path":"/payments/{id}/transactions"},
      "graphql": {"kind":"query","field":"paymentTransactions"},
      "scope": "payments:read"
    },
    "confirmPayment": {
      "http": {"method":"POST","path":"/payments/{id}/confirm"},
      "graphql": {"kind":"mutation","field":"confirmPayment"},
      "scope": "payments:write"
    },
    "capturePayment": {
      "http": {"method":"POST","path":"/payments/{id}/capture"},
      "graphql": {"kind":"mutation","field":"capturePayment"},
      "scope": "payments:write"
    },
    "cancelPayment": {
      "http": {"method":"POST","path":"/payments/{id}/cancel"},
      "graphql": {"kind":"mutation","field":"cancelPayment"},
      "scope": "payments:write"
    },
    "verifyPayment": {
      "http": {"method":"POST","path":"/payments/{id}/verify","throttle":{"rate":25,"burst":100}},
      "graphql": {"kind":"mutation","field":"verifyPayment"},
      "scope": "payments:write"
    },
    "createPaymentClientSecret": {
      "http": {"method":"POST","path":"/payments/{id}/client-secret"},
      "graphql": {"kind":"mutation","field":"createPaymentClientSecret"},
      "scope": "payments:write"
    },
    "createCustomer": {
      "http": {"method":"POST","path":"/customers"},
      "graphql": {"kind":"mutation","field":"createCustomer"},
      "scope": "customers:write"
    },
    "getCustomer": {
      "http": {"method":"GET","path":"/customers/{id}"},
      "graphql": {"kind":"query","field":"customer"},
      "scope": "customers:read"
    },
    "updateCustomer": {
      "http": {"method":"PATCH","path":"/customers/{id}"},
      "graphql": {"kind":"mutation","field":"updateCustomer"},
      "scope": "customers:write"
    },
    "deleteCustomer": {
      "http": {"method":"DELETE","path":"/customers/{id}"},
      "graphql": {"kind":"mutation","field":"deleteCustomer"},
      "scope": "customers:write"
    },
    "attachPaymentMethod": {
      "http": {"method":"POST","path":"/customers/{id}/payment-methods","throttle":{"rate":25,"burst":100}},
      "graphql": {"kind":"mutation","field":"attachPaymentMethod"},
      "scope": "customers:write"
    },
    "listPaymentMethods": {
      "http": {"method":"GET","path":"/customers/{id}/payment-methods"},
      "graphql": {"kind":"query","field":"paymentMethods"},
      "scope": "customers:read"
    },
    "detachPaymentMethod": {
      "http": {"method":"DELETE","path":"/customers/{id}/payment-methods/{paymentMethodId}"},
      "graphql": {"kind":"mutation","field":"detachPaymentMethod"},
      "scope": "customers:write"
    },
    "createRefund": {
      "http": {"method":"POST","path":"/payments/{id}/refunds"},
      "graphql": {"kind":"mutation","field":"createRefund"},
      "scope": "payments:refund"
    },
    "listRefunds": {
      "http": {"method":"GET","path":"/payments/{id}/refunds"},
      "graphql": {"kind":"query","field":"refunds"},
      "scope": "payments:read"
    },
    "listDisputes": {
      "http": {"method":"GET","path":"/payments/{id}/disputes"},
      "graphql": {"kind":"query","field":"disputes"},
      "scope": "payments:read"
    },
    "createSubscription": {
      "http": {"method":"POST","path":"/subscriptions"},
      "graphql": {"kind":"mutation","field":"createSubscription"},
      "scope": "subscriptions:write"
    },
    "getSubscription": {
      "http": {"method":"GET","path":"/subscriptions/{id}"},
      "graphql": {"kind":"query","field":"subscription"},
      "scope": "subscriptions:read"
    },
    "cancelSubscription": {
      "http": {"method":"POST","path":"/subscriptions/{id}/cancel"},
      "graphql": {"kind":"mutation","field":"cancelSubscription"},
      "scope": "subscriptions:write"
    },
    "resumeSubscription": {
      "http": {"method":"POST","path":"/subscriptions/{id}/resume"},
      "graphql": {"kind":"mutation","field":"resumeSubscription"},
      "scope": "subscriptions:write"
    },
    "handlePaymentWebhook": {"graphql":{"kind":"mutation","field":"handlePaymentWebhook"},"scope":"payments:webhook"},
    "getPaymentWebhook": {
      "http": {"method":"GET","path":"/payment-webhooks/{provider}/{eventId}"},
      "graphql": {"kind":"query","field":"paymentWebhook"},
      "scope": "payments:admin"
    },
    "replayPaymentWebhook": {
      "http": {"method":"POST","path":"/payment-webhooks/{provider}/{eventId}/replay"},
      "graphql": {"kind":"mutation","field":"replayPaymentWebhook"},
      "scope": "payments:admin"
    },
    "listPaymentAudit": {
      "http": {"method":"GET","path":"/payments/audit"},
      "graphql": {"kind":"query","field":"paymentAudit"},
      "scope": "payments:admin"
    }
  },
  "webhooks": {
    "stripe": {"path":"/webhooks/stripe","maxBodyBytes":524288,"function":"webhook-stripe"},
    "paypal": {"path":"/webhooks/paypal","maxBodyBytes":524288,"function":"webhook-paypal"}
  },
  "events": {
    "publishes": [
      {"type":"payment.created","version":"1.1.0"},
      {"type":"payment.requires_action","version":"1.1.0"},
      {"type":"payment.approved","version":"1.0.0"},
      {"type":"payment.processing","version":"1.1.0"},
      {"type":"payment.authorized","version":"1.1.0"},
      {"type":"payment.partially_captured","version":"1.1.0"},
      {"type":"payment.succeeded","version":"1.1.0"},
      {"type":"payment.canceled","version":"1.1.0"},
      {"type":"payment.failed","version":"1.1.0"},
      {"type":"payment.attempt_failed","version":"1.1.0"},
      {"type":"payment.in_doubt","version":"1.1.0"},
      {"type":"payment.late_success","version":"1.1.0"},
      {"type":"payment.mismatch","version":"1.1.0"},
      {"type":"payment.authorization_expiring","version":"1.0.0"},
      {"type":"payment.needs_review","version":"1.0.0"},
      {"type":"fraud.warning","version":"1.0.0"},
      {"type":"refund.pending","version":"1.0.0"},
      {"type":"refund.succeeded","version":"1.0.0"},
      {"type":"refund.failed","version":"1.0.0"},
      {"type":"refund.canceled","version":"1.0.0"},
      {"type":"dispute.opened","version":"1.0.0"},
      {"type":"dispute.updated","version":"1.0.0"},
      {"type":"dispute.closed","version":"1.0.0"},
      {"type":"payment.reversed","version":"1.0.0"},
      {"type":"customer.created","version":"1.0.0"},
      {"type":"customer.updated","version":"1.1.0"},
      {"type":"customer.deleted","version":"1.0.0"},
      {"type":"payment_method.attached","version":"1.0.0"},
      {"type":"payment_method.updated","version":"1.0.0"},
      {"type":"payment_method.detached","version":"1.0.0"},
      {"type":"subscription.created","version":"1.0.0"},
      {"type":"subscription.activated","version":"1.1.0"},
      {"type":"subscription.updated","version":"1.0.0"},
      {"type":"subscription.renewed","version":"1.0.0"},
      {"type":"subscription.paused","version":"1.0.0"},
      {"type":"subscription.resumed","version":"1.0.0"},
      {"type":"subscription.recovered","version":"1.0.0"},
      {"type":"subscription.past_due","version":"1.0.0"},
      {"type":"subscription.canceling","version":"1.0.0"},
      {"type":"subscription.canceled","version":"1.0.0"},
      {"type":"subscription.expired","version":"1.0.0"},
      {"type":"payment.webhook","version":"1.0.0"},
      {"type":"webhook.rejected","version":"1.0.0"},
      {"type":"provider.health_changed","version":"1.0.0"},
      {"type":"limit.exceeded","version":"1.0.0"},
      {"type":"reconciliation.mismatch","version":"1.0.0"},
      {"type":"reconciliation.completed","version":"1.0.0"}
    ]
  },
  "tables": {
    "payments": {
      "partitionKey": "PK",
      "sortKey": "SK",
      "ttl": "ttl",
      "indexes": {
        "by-tenant": {"partitionKey":"GSI1PK","sortKey":"GSI1SK"},
        "by-next-check": {"partitionKey":"GSI2PK","sortKey":"GSI2SK","projection":"KEYS_ONLY"}
      },
      "stream": {"view":"NEW_IMAGE","relay":{"sortKeyPrefix":"EVT#"}}
    }
  },
  "functions": {
    "api": {
      "entry": "functions/api.ts",
      "description": "Every payment operation, over HTTP, GraphQL and direct invoke",
      "memoryMb": 512,
      "timeoutSeconds": 28
    },
    "webhook-stripe": {
      "entry": "functions/webhook-stripe.ts",
      "description": "Verifies and applies Stripe's webhooks",
      "memoryMb": 512,
      "timeoutSeconds": 20,
      "reservedConcurrency": 20
    },
    "webhook-paypal": {
      "entry": "functions/webhook-paypal.ts",
      "description": "Verifies and applies PayPal's webhooks, and captures approved payments",
      "memoryMb": 512,
      "timeoutSeconds": 28,
      "reservedConcurrency": 20
    },
    "reconcile": {
      "entry": "functions/reconcile.ts",
      "description": "Reconciles payments, customers and subscriptions with the providers",
      "memoryMb": 512,
      "timeoutSeconds": 120
    }
  },
  "schedules": {
    "due": {
      "function": "reconcile",
      "rate": "1 minute",
      "description": "Reconciles every payment, customer and subscription whose next check is due"
    },
    "gaps": {
      "function": "reconcile",
      "rate": "15 minutes",
      "description": "Fetches the providers' events that no webhook delivered"
    },
    "ledger": {
      "function": "reconcile",
      "rate": "1 hour",
      "description": "Compares the providers' ledgers of a day, and the limit counters, with the recorded payments"
    }
  },
  "permissions": {
    "api": ["table:payments:read","table:payments:write"],
    "reconcile": ["table:payments:read","table:payments:write"],
    "webhook-stripe": ["table:payments:read","table:payments:write"],
    "webhook-paypal": ["table:payments:read","table:payments:write"],
    "relay": [
      "events:publish:payment.*",
      "events:publish:fraud.*",
      "events:publish:refund.*",
      "events:publish:dispute.*",
      "events:publish:customer.*",
      "events:publish:payment_method.*",
      "events:publish:subscription.*",
      "events:publish:webhook.*",
      "events:publish:provider.*",
      "events:publish:limit.*",
      "events:publish:reconciliation.*"
    ]
  },
  "observability": {
    "alarms": {
      "needs_review": {
        "metric": "payment.needs_review",
        "description": "A payment could not be resolved automatically and needs manual review",
        "runbook": "README.md#alarm-needs_review"
      },
      "mismatch": {
        "metric": "payment.mismatch",
        "description": "A provider's object contradicts a payment",
        "runbook": "README.md#alarm-mismatch"
      },
      "reconciliation": {
        "metric": "payment.reconciliation.mismatch",
        "description": "A provider's ledger of a day does not agree with the recorded payments",
        "runbook": "README.md#alarm-reconciliation"
      },
      "webhook_parked": {
        "metric": "payment.webhook.parked",
        "description": "An event of a provider could not be applied five times, or its record was missing for an hour; it was parked",
        "runbook": "README.md#alarm-webhook_parked"
      },
      "provider_errors": {
        "metric": "payment.provider.unknown",
        "threshold": 3,
        "description": "A provider does not answer, or not with anything usable",
        "runbook": "README.md#alarm-provider_errors"
      }
    }
  },
  "config": {"version":1,"envPrefix":"PAYMENT_PLUGIN"},
  "build": {
    "keep": {
      "stripe": [
        "Balance",
        "Customers",
        "Disputes",
        "Events",
        "InvoicePayments",
        "Invoices",
        "PaymentIntents",
        "PaymentMethods",
        "Refunds",
        "Subscriptions"
      ]
    }
  },
  "sandbox": {
    "stripe": {
      "entry": "sandbox/stripe/main.ts",
      "port": 12111,
      "config": {
        "stripe.secretKey": {"generate":"sk_test_"},
        "stripe.publishableKey": {"generate":"pk_test_"},
        "stripe.webhookSecret": {"generate":"whsec_"},
        "stripe.apiBase": {"origin":true},
        "stripe.returnUrl": {"origin":true}
      },
      "webhooks": ["stripe"]
    },
    "paypal": {
      "entry": "sandbox/paypal/main.ts",
      "port": 12112,
      "config": {
        "paypal.clientId": {"generate":"sandbox-client-"},
        "paypal.clientSecret": {"generate":"sandbox-secret-"},
        "paypal.webhookId": {"generate":"WH-"},
        "paypal.apiBase": {"origin":true}
      },
      "webhooks": ["paypal"]
    }
  }
};
export = manifest;
