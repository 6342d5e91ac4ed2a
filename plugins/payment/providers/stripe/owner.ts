import type Stripe from 'stripe';
import { type Owner } from '../provider.ts';
import { PAYMENT_ID_KEY } from '../metadata-keys.ts';
import { type ProviderCall } from '../provider-call.ts';
import { expectObject, unlessMissing } from './answers.ts';
import { callStripe } from './client.ts';
import { markIn } from './marks.ts';
import { everyPage } from './paging.ts';
import { retrieveRenewal } from './renewals.ts';

/** A payment intent names its payment itself, or belongs to the invoice of a subscription. */
export async function ownerOf(
  stripe: Pick<Stripe, 'invoices' | 'invoicePayments' | 'paymentIntents'>,
  { ref }: { readonly ref?: string | undefined },
  call: ProviderCall,
): Promise<Owner | undefined> {
  if (ref === undefined) return undefined;
  const endsAt = Date.now() + call.budgetMs;
  const within = (): ProviderCall => ({ budgetMs: endsAt - Date.now() });
  const looking = callStripe(call, async (options) =>
    expectObject(await stripe.paymentIntents.retrieve(ref, {}, options), 'payment_intent'),
  );
  const intent = await unlessMissing(looking);
  if (intent === undefined) return undefined;
  const paymentId = intent.metadata?.[PAYMENT_ID_KEY];
  if (paymentId !== undefined) return { paymentId, ...markIn(intent.metadata) };
  const payment = { type: 'payment_intent', payment_intent: ref } as const;
  const [paid] = await everyPage(within(), (page, options) =>
    stripe.invoicePayments.list({ ...page, payment }, options),
  );
  const invoice = typeof paid?.invoice === 'string' ? paid.invoice : paid?.invoice.id;
  return invoice === undefined ? {} : { renewal: await retrieveRenewal(stripe, invoice, within()) };
}
