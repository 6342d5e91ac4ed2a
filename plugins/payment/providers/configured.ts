import type { PaymentConfig } from '../config.ts';
import { problem } from '../errors.ts';
import { type ProviderName, providerNames } from './provider-call.ts';

/** The configuration of a provider. @throws ProblemError 422 when this deployment does not use the provider */
export function configured<N extends ProviderName>(
  config: PaymentConfig,
  name: N,
): NonNullable<PaymentConfig[N]> {
  const found = config[name];
  if (found === undefined || found === null) {
    throw problem('provider-not-configured', { extensions: { provider: name } });
  }
  return found;
}

/** The providers that this deployment uses, the default one first. */
export function configuredNames(config: PaymentConfig): readonly ProviderName[] {
  const used = providerNames.filter((name) => config[name] !== undefined);
  return used.toSorted((a, b) => Number(b === config.defaultProvider) - Number(a === config.defaultProvider));
}
