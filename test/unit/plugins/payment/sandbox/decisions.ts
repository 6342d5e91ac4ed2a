import { expect } from 'vitest';
import type { Decision } from '../../../../../plugins/payment/sandbox/shared/controls/decisions.ts';
import type { Control } from './support.ts';

/** The decisions of one kind that a sandbox offers. */
export async function offered(control: Control, kind: string): Promise<readonly Decision[]> {
  const { body } = await control('GET', 'decisions');
  return (body as unknown as { decisions: readonly Decision[] }).decisions.filter((one) => one.kind === kind);
}

/**
 * Makes an object anew for each choice that is offered for it, and decides so. @returns the status of the object after
 * each, by label; `none` where nothing is left to decide
 */
export async function decideEach(
  control: Control,
  kind: string,
  make: () => Promise<string>,
): Promise<Readonly<Record<string, string>>> {
  const outcomes: Record<string, string> = {};
  const decisionOf = async (id: string) => (await offered(control, kind)).find((one) => one.id === id);
  for (let index = 0; ; index += 1) {
    const id = await make();
    const choice = (await decisionOf(id))?.choices[index];
    if (choice === undefined) return outcomes;
    const { status, body } = await control('POST', choice.control, choice.body);
    expect([choice.label, status, body.error]).toEqual([choice.label, 200, undefined]);
    outcomes[choice.label] = (await decisionOf(id))?.status ?? 'none';
  }
}
