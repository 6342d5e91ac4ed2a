import type { PaymentConfig } from '../config.ts';
import { configured } from './configured.ts';
import type { PaymentProvider } from './provider.ts';
import type { ProviderName } from './provider-call.ts';

/** Each provider's SDK is loaded when it is first needed, so that it costs nothing at the start of the others. */
const loaders: Readonly<Record<ProviderName, (config: PaymentConfig) => Promise<PaymentProvider>>> = {
  stripe: async (config) =>
    (await import('./stripe/provider.ts')).stripeProvider(configured(config, 'stripe')),
  paypal: async (config) =>
    (await import('./paypal/provider.ts')).payPalProvider(configured(config, 'paypal')),
};

/** Judges the configuration first: an SDK that is not used is not loaded. */
async function load(config: PaymentConfig, name: ProviderName): Promise<PaymentProvider> {
  configured(config, name);
  return loaders[name](config);
}

/** One adapter per provider and configuration, made at its first use. */
export function lazyProviders(config: PaymentConfig): (name: ProviderName) => Promise<PaymentProvider> {
  const loaded = new Map<ProviderName, Promise<PaymentProvider>>();
  return (name) => {
    const known = loaded.get(name);
    if (known) return known;
    const loading = load(config, name);
    loaded.set(name, loading);
    // A chunk that could not be read now may be readable at the next call.
    loading.catch(() => loaded.delete(name));
    return loading;
  };
}
