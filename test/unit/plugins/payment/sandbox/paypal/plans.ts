import type { SubscriptionsController } from '@paypal/paypal-server-sdk';
import { IntervalUnit, SetupFeeFailureAction, TenureType } from '@paypal/paypal-server-sdk';
import type { caller } from './support.ts';
import { FULL } from './support.ts';

/** What a test wants of a plan besides EUR 19.00 a month. */
export interface PlanWishes {
  readonly trialDays?: number;
  readonly totalCycles?: number;
  readonly setupFee?: string;
  readonly failureThreshold?: number;
  readonly quantitySupported?: boolean;
}

/** A new product, which the SDK has no method for, and a plan of it. */
export async function makePlan(
  call: Awaited<ReturnType<typeof caller>>,
  sdk: SubscriptionsController,
  { failureThreshold, quantitySupported = true, setupFee, totalCycles = 0, trialDays }: PlanWishes = {},
) {
  const product = await call('POST', '/v1/catalogs/products', { name: 'Socks', type: 'PHYSICAL' });
  const trial = trialDays === undefined ? [] : [trialOf(trialDays)];
  const { result } = await sdk.createBillingPlan({
    prefer: FULL,
    paypalRequestId: crypto.randomUUID(),
    body: {
      productId: product.body.id,
      name: 'Socks every month',
      billingCycles: [
        ...trial,
        {
          pricingScheme: { fixedPrice: { currencyCode: 'EUR', value: '19.00' } },
          frequency: { intervalUnit: IntervalUnit.Month, intervalCount: 1 },
          tenureType: TenureType.Regular,
          sequence: trial.length + 1,
          totalCycles,
        },
      ],
      paymentPreferences: {
        ...(setupFee === undefined ? {} : { setupFee: { currencyCode: 'EUR', value: setupFee } }),
        setupFeeFailureAction: SetupFeeFailureAction.Cancel,
        ...(failureThreshold === undefined ? {} : { paymentFailureThreshold: failureThreshold }),
      },
      quantitySupported,
    },
  });
  return result;
}

const trialOf = (days: number) => ({
  frequency: { intervalUnit: IntervalUnit.Day, intervalCount: days },
  tenureType: TenureType.Trial,
  sequence: 1,
  totalCycles: 1,
});
