import type { PaymentConfig } from '../config.ts';
import { configured } from './configured.ts';
import { withNamedCalls } from './named-calls.ts';
import type { PaymentProvider } from './provider.ts';
import type { ProviderName } from './provider-call.ts';

/** Each SDK is loaded on first use, so that a cold start does not pay for the others. */
const loaders: Readonly<Record<ProviderName, (config: PaymentConfig) => Promise<PaymentProvider>>> = {
  stripe: async (config) =>
    (await import('./stripe/provider.ts')).stripeProvider(configured(config, 'stripe')),
  paypal: async (config) =>
    (await import('./paypal/provider.ts')).payPalProvider(configured(config, 'paypal')),
};

/** Checks the configuration first, so that the SDK of an unused provider is not loaded. */
async function load(config: PaymentConfig, name: ProviderName): Promise<PaymentProvider> {
  configured(config, name);
  return withNamedCalls(await loaders[name](config));
}

/** One adapter per provider and configuration, created on first use. */
export function lazyProviders(config: PaymentConfig): (name: ProviderName) => Promise<PaymentProvider> {
  const loaded = new Map<ProviderName, Promise<PaymentProvider>>();
  return (name) => {
    const known = loaded.get(name);
    if (known) return known;
    const loading = load(config, name);
    loaded.set(name, loading);
    // A failed import is not cached: the chunk may be readable at the next call.
    loading.catch(() => loaded.delete(name));
    return loading;
  };
}
