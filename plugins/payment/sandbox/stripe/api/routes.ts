import { confirmById } from '../intents/confirm.ts';
import { createIntent } from '../intents/create.ts';
import { captureIntent } from '../intents/capture.ts';
import { cancelIntent, retrieveIntent, updateIntent } from '../intents/operations.ts';
import { createRefund } from '../refunds/create.ts';
import { cancelRefund, listRefunds, retrieveRefund, updateRefund } from '../refunds/operations.ts';
import { acceptDispute, listDisputes, retrieveDispute, updateDispute } from '../disputes/operations.ts';
import {
  attachMethod,
  createPaymentMethod,
  detachMethod,
  listCustomersMethods,
  listMethods,
  retrieveMethod,
  updateMethod,
} from '../methods/operations.ts';
import {
  createCustomer,
  deleteCustomer,
  listCustomers,
  retrieveCustomer,
  updateCustomer,
} from '../customers/operations.ts';
import { createPrice, listPrices, retrievePrice } from '../catalog/prices.ts';
import { createProduct, listProducts, retrieveProduct } from '../catalog/products.ts';
import {
  listInvoicePayments,
  listInvoices,
  payInvoice,
  retrieveInvoice,
  retrieveInvoicePayment,
} from '../invoices/operations.ts';
import {
  cancelSetup,
  confirmSetup,
  createSetup,
  listSetups,
  retrieveSetup,
} from '../setup-intents/operations.ts';
import { createSubscription } from '../subscriptions/create.ts';
import {
  cancelSubscription,
  listSubscriptions,
  resumeSubscription,
  retrieveSubscription,
  updateSubscription,
} from '../subscriptions/operations.ts';
import { listWarnings, retrieveWarning } from '../radar/warnings.ts';
import type { Call } from './call.ts';
import { listEvents, retrieveEvent } from './events.ts';
import { listCharges, listIntents, retrieveBalance, retrieveCharge } from './reads.ts';

/** One endpoint; `publishable` ones may be called by front ends. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: RegExp;
  readonly publishable?: boolean;
  readonly run: (call: Call, id: string) => object;
}

const ROUTES: readonly Route[] = [
  { method: 'POST', path: /^\/v1\/payment_intents$/, run: createIntent },
  { method: 'GET', path: /^\/v1\/payment_intents$/, run: listIntents },
  { method: 'GET', path: /^\/v1\/payment_intents\/(\w+)$/, run: retrieveIntent, publishable: true },
  { method: 'POST', path: /^\/v1\/payment_intents\/(\w+)$/, run: updateIntent },
  { method: 'POST', path: /^\/v1\/payment_intents\/(\w+)\/confirm$/, run: confirmById, publishable: true },
  { method: 'POST', path: /^\/v1\/payment_intents\/(\w+)\/capture$/, run: captureIntent },
  { method: 'POST', path: /^\/v1\/payment_intents\/(\w+)\/cancel$/, run: cancelIntent },
  { method: 'POST', path: /^\/v1\/setup_intents$/, run: createSetup },
  { method: 'GET', path: /^\/v1\/setup_intents$/, run: listSetups },
  { method: 'GET', path: /^\/v1\/setup_intents\/(\w+)$/, run: retrieveSetup, publishable: true },
  { method: 'POST', path: /^\/v1\/setup_intents\/(\w+)\/confirm$/, run: confirmSetup, publishable: true },
  { method: 'POST', path: /^\/v1\/setup_intents\/(\w+)\/cancel$/, run: cancelSetup },
  { method: 'POST', path: /^\/v1\/refunds$/, run: createRefund },
  { method: 'GET', path: /^\/v1\/refunds$/, run: listRefunds },
  { method: 'GET', path: /^\/v1\/refunds\/(\w+)$/, run: retrieveRefund },
  { method: 'POST', path: /^\/v1\/refunds\/(\w+)$/, run: updateRefund },
  { method: 'POST', path: /^\/v1\/refunds\/(\w+)\/cancel$/, run: cancelRefund },
  { method: 'GET', path: /^\/v1\/disputes$/, run: listDisputes },
  { method: 'GET', path: /^\/v1\/disputes\/(\w+)$/, run: retrieveDispute },
  { method: 'POST', path: /^\/v1\/disputes\/(\w+)$/, run: updateDispute },
  { method: 'POST', path: /^\/v1\/disputes\/(\w+)\/close$/, run: acceptDispute },
  { method: 'GET', path: /^\/v1\/radar\/early_fraud_warnings$/, run: listWarnings },
  { method: 'GET', path: /^\/v1\/radar\/early_fraud_warnings\/(\w+)$/, run: retrieveWarning },
  { method: 'POST', path: /^\/v1\/payment_methods$/, run: createPaymentMethod, publishable: true },
  { method: 'GET', path: /^\/v1\/payment_methods$/, run: listMethods },
  { method: 'GET', path: /^\/v1\/payment_methods\/(\w+)$/, run: retrieveMethod },
  { method: 'POST', path: /^\/v1\/payment_methods\/(\w+)$/, run: updateMethod },
  { method: 'POST', path: /^\/v1\/payment_methods\/(\w+)\/attach$/, run: attachMethod },
  { method: 'POST', path: /^\/v1\/payment_methods\/(\w+)\/detach$/, run: detachMethod },
  { method: 'POST', path: /^\/v1\/products$/, run: createProduct },
  { method: 'GET', path: /^\/v1\/products$/, run: listProducts },
  { method: 'GET', path: /^\/v1\/products\/(\w+)$/, run: retrieveProduct },
  { method: 'POST', path: /^\/v1\/prices$/, run: createPrice },
  { method: 'GET', path: /^\/v1\/prices$/, run: listPrices },
  { method: 'GET', path: /^\/v1\/prices\/(\w+)$/, run: retrievePrice },
  { method: 'POST', path: /^\/v1\/subscriptions$/, run: createSubscription },
  { method: 'GET', path: /^\/v1\/subscriptions$/, run: listSubscriptions },
  { method: 'GET', path: /^\/v1\/subscriptions\/(\w+)$/, run: retrieveSubscription },
  { method: 'POST', path: /^\/v1\/subscriptions\/(\w+)$/, run: updateSubscription },
  { method: 'DELETE', path: /^\/v1\/subscriptions\/(\w+)$/, run: cancelSubscription },
  { method: 'POST', path: /^\/v1\/subscriptions\/(\w+)\/resume$/, run: resumeSubscription },
  { method: 'GET', path: /^\/v1\/invoices$/, run: listInvoices },
  { method: 'GET', path: /^\/v1\/invoices\/(\w+)$/, run: retrieveInvoice },
  { method: 'POST', path: /^\/v1\/invoices\/(\w+)\/pay$/, run: payInvoice },
  { method: 'GET', path: /^\/v1\/invoice_payments$/, run: listInvoicePayments },
  { method: 'GET', path: /^\/v1\/invoice_payments\/(\w+)$/, run: retrieveInvoicePayment },
  { method: 'POST', path: /^\/v1\/customers$/, run: createCustomer },
  { method: 'GET', path: /^\/v1\/customers$/, run: listCustomers },
  { method: 'GET', path: /^\/v1\/customers\/(\w+)$/, run: retrieveCustomer },
  { method: 'POST', path: /^\/v1\/customers\/(\w+)$/, run: updateCustomer },
  { method: 'DELETE', path: /^\/v1\/customers\/(\w+)$/, run: deleteCustomer },
  { method: 'GET', path: /^\/v1\/customers\/(\w+)\/payment_methods$/, run: listCustomersMethods },
  { method: 'GET', path: /^\/v1\/charges$/, run: listCharges },
  { method: 'GET', path: /^\/v1\/charges\/(\w+)$/, run: retrieveCharge },
  { method: 'GET', path: /^\/v1\/balance$/, run: retrieveBalance },
  { method: 'GET', path: /^\/v1\/events\/(\w+)$/, run: retrieveEvent },
  { method: 'GET', path: /^\/v1\/events$/, run: listEvents },
];

/** The endpoint for a method and path, with the id in the path. */
export function findRoute(method: string, path: string): { route: Route; id: string } | undefined {
  for (const route of ROUTES) {
    const match = route.method === method ? route.path.exec(path) : null;
    if (match) return { route, id: match[1] ?? '' };
  }
  return undefined;
}
