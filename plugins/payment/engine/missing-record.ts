import { problem } from '../errors.ts';
import type { Flow } from '../services.ts';

const DEPLOYMENT_CHARS_MAX = 64;

/**
 * Handles an event whose object names a record that does not exist here: it belongs to another deployment that
 * shares the provider's account, or the record is about to be written.
 * @throws ProblemError 503 `payment-missing`, so that the provider delivers the event again
 */
export function missingRecord(
  flow: Flow,
  { deployment }: { readonly deployment?: string | undefined },
  named: Readonly<Record<string, string>>,
): 'foreign' {
  if (deployment === undefined || deployment === flow.services.deployment)
    throw problem('payment-missing', { extensions: named });
  flow.log.info('An event of another deployment', {
    ...named,
    deployment: deployment.slice(0, DEPLOYMENT_CHARS_MAX),
  });
  return 'foreign';
}
