import * as control from './controls.ts';
import type { ControlInput } from './controls.ts';

const THREE_D_SECURE = /^\/__sandbox\/payment_intents\/(\w+)\/3ds$/;

/** Every control by method and path. */
const CONTROLS: readonly (readonly [string, RegExp, (input: ControlInput) => object])[] = [
  ['GET', /^\/__sandbox\/health$/, control.health],
  ['POST', /^\/__sandbox\/reset$/, control.reset],
  ['POST', /^\/__sandbox\/faults$/, control.addFaults],
  ['GET', /^\/__sandbox\/faults$/, control.listFaults],
  ['DELETE', /^\/__sandbox\/faults$/, control.clearFaults],
  ['POST', /^\/__sandbox\/webhooks$/, control.setWebhooks],
  ['GET', /^\/__sandbox\/webhooks$/, control.listWebhooks],
  ['POST', /^\/__sandbox\/webhooks\/flush$/, control.flushWebhooks],
  ['POST', /^\/__sandbox\/webhooks\/resend$/, control.resendWebhook],
  ['GET', /^\/__sandbox\/requests$/, control.listRequests],
  ['GET', /^\/__sandbox\/signing$/, control.signing],
  ['POST', /^\/__sandbox\/clock$/, control.advanceClock],
  ['POST', THREE_D_SECURE, control.threeDSecure],
];

/** Obeys a control, or throws a {@link control.ControlError}. */
export function runControl(method: string, path: string, input: Omit<ControlInput, 'id'>): object {
  for (const [verb, pattern, run] of CONTROLS) {
    const match = verb === method ? pattern.exec(path) : null;
    if (match) return run({ ...input, id: match[1] ?? '' });
  }
  const offered = CONTROLS.map(([verb, pattern]) => `${verb} ${pattern.source.replaceAll(/[\^$\\]/g, '')}`);
  throw new control.ControlError(`no such control; there are ${offered.join(', ')}`, 404);
}

/** The intent a request for the 3-D Secure page is about. */
export function threeDSecureId(path: string): string | undefined {
  return THREE_D_SECURE.exec(path)?.[1];
}
