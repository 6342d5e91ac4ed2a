import type Stripe from 'stripe';

type Options = Stripe.PaymentIntent.PaymentMethodOptions;
type CardOptions = Partial<NonNullable<Options['card']>>;

/** What an intent says about cards when nothing was asked for. */
export const NO_OPTIONS = {
  card: { installments: null, mandate_options: null, network: null, request_three_d_secure: 'automatic' },
} as Options;

/** The options with what a request asks for. */
export function cardOptions(current: Options | null, asked: CardOptions | undefined): Options {
  const card = { ...(current ?? NO_OPTIONS).card, ...asked };
  return { ...(current ?? NO_OPTIONS), card } as Options;
}
