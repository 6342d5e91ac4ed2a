import type { ApiResponse, Client } from '@paypal/paypal-server-sdk';
import { OrdersController, PaymentsController } from '@paypal/paypal-server-sdk';
import type { PayPalConfig } from '../../config.ts';
import { type Snapshot, withdraw } from '../../domain/snapshot.ts';
import { type PaymentProvider, type ProviderCall, ProviderError } from '../provider.ts';
import { type CallOptions, type PayPalConnection, payPalConnection } from './client.ts';
import { stepMinor, toPayPalValue } from './currencies.ts';
import { type AnyOrder, authorizationOf, isComplete, toSnapshot, withCapture, withVoid } from './mapping.ts';
import { toOrderRequest } from './request.ts';
import { isLost } from './status.ts';

/** PayPal forgets the keys of order calls after 6 hours. */
const KEY_TRUSTED_MS = 5 * 3_600_000;
const REQUEST_ID_CHARS_MAX = 108;
/** A minimal answer leaves out the amounts. */
const prefer = 'return=representation';

/** The PayPal adapter of the provider port. `ref` is the id of an order, with one purchase unit. */
export function payPalProvider(config: PayPalConfig): PaymentProvider {
  const connection = payPalConnection(config);
  const livemode = config.mode === 'live';
  const snapshotOf = (order: AnyOrder): Snapshot => toSnapshot(order, livemode);
  // A look changes nothing, so it takes no key of the call it is made for.
  const get = (id: string, { budgetMs }: ProviderCall): Promise<AnyOrder> =>
    connection.run({ budgetMs }, (client, options) => new OrdersController(client).getOrder({ id }, options));

  return {
    name: 'paypal',
    livemode,
    capabilities: { confirmOnServer: false, search: false },
    keyTrustedMs: KEY_TRUSTED_MS,
    stepMinor,
    async create(request, call) {
      const body = toOrderRequest(request);
      const paypalRequestId = keyOf(call);
      const order = await connection.run(call, (client, options) =>
        new OrdersController(client).createOrder({ body, paypalRequestId, prefer }, options),
      );
      return snapshotOf(order);
    },
    retrieve: async (ref, call) => snapshotOf(await get(ref, call)),
    find: async () => undefined,
    async complete({ ref: id, captureMethod }, call) {
      const within = deadline(call);
      const request = { id, paypalRequestId: keyOf(call), prefer, body: {} };
      const order = await connection.run(call, (client, options): Promise<ApiResponse<AnyOrder>> =>
        captureMethod === 'automatic'
          ? new OrdersController(client).captureOrder(request, options)
          : new OrdersController(client).authorizeOrder(request, options),
      );
      return snapshotOf(isComplete(order) ? order : await afterwards(get(id, within())));
    },
    capture: (request, call) => capture(connection, get, snapshotOf, request, call),
    async cancel({ ref, reason = 'requested' }, call) {
      const paypalRequestId = keyOf(call);
      const within = deadline(call);
      const order = await get(ref, call);
      const snapshot = snapshotOf(order);
      // PayPal has no way to cancel an order that nothing was taken for: it lapses, and is never captured.
      if (snapshot.status === 'requires_action' || snapshot.status === 'approved') {
        return withdraw(snapshot, reason);
      }
      const authorizationId = authorizationOf(order)?.id;
      const releasable = snapshot.capturableMinor > 0 || snapshot.status === 'processing';
      if (authorizationId === undefined || !releasable) throw movedOn(snapshot);
      await connection.run(within(), (client: Client, options: CallOptions) =>
        new PaymentsController(client).voidPayment({ authorizationId, paypalRequestId, prefer }, options),
      );
      return { ...snapshotOf(withVoid(order)), reason };
    },
    probe: (call) => connection.probe(call),
  };
}

/** Looks up the authorization, then captures from it: final, so that the rest is released. */
async function capture(
  connection: PayPalConnection,
  get: (ref: string, call: ProviderCall) => Promise<AnyOrder>,
  snapshotOf: (order: AnyOrder) => Snapshot,
  { ref, amountMinor, currency }: Parameters<PaymentProvider['capture']>[0],
  call: ProviderCall,
): Promise<Snapshot> {
  const paypalRequestId = keyOf(call);
  const within = deadline(call);
  const amount = { currencyCode: currency.toUpperCase(), value: toPayPalValue(amountMinor, currency) };
  const order = await get(ref, call);
  const authorizationId = authorizationOf(order)?.id;
  if (authorizationId === undefined) throw movedOn(snapshotOf(order));
  const captured = await connection.run(within(), (client, options) =>
    new PaymentsController(client).captureAuthorizedPayment(
      { authorizationId, paypalRequestId, prefer, body: { amount, finalCapture: true } },
      options,
    ),
  );
  const snapshot = snapshotOf(withCapture(order, captured));
  if (isLost(captured)) {
    const declineCode = captured.statusDetails?.reason;
    throw new ProviderError({ class: 'declined', code: 'capture_declined', declineCode });
  }
  return snapshot;
}

/** A look at what was done already: when it is refused, that is no refusal of what was done. */
async function afterwards(look: Promise<AnyOrder>): Promise<AnyOrder> {
  try {
    return await look;
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    throw new ProviderError({ ...error.details, class: 'unknown' }, { cause: error });
  }
}

const movedOn = ({ providerStatus }: Snapshot): ProviderError =>
  new ProviderError({ class: 'already_done', code: `order_${providerStatus.toLowerCase()}` });

/** PayPal makes up no key itself; without one a repeated call would act twice. */
function keyOf({ idempotencyKey }: ProviderCall): string {
  if (!idempotencyKey) throw new TypeError('A call that changes something needs an idempotency key');
  if (idempotencyKey.length > REQUEST_ID_CHARS_MAX) throw new TypeError('The idempotency key is too long');
  return idempotencyKey;
}

/** The same call with what is left of its budget by then. */
function deadline(call: ProviderCall): () => ProviderCall {
  const endsAt = Date.now() + call.budgetMs;
  return () => ({ ...call, budgetMs: endsAt - Date.now() });
}
