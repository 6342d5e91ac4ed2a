import type { NextAction } from '../payments/model/snapshot.ts';

/** The next action of the payer, as clients see it. */
export interface NextActionView {
  type: string;
  url?: string;
}

/** The `nextAction` member of a response; its URL is stored only where it holds no secret. */
export function nextActionMember({
  nextActionType: type,
  nextActionUrl: url,
}: {
  readonly nextActionType?: string | undefined;
  readonly nextActionUrl?: string | undefined;
}): { nextAction?: NextActionView } {
  return type === undefined ? {} : { nextAction: { type, ...(url !== undefined && { url }) } };
}

/** The next action with its URL even where that holds a secret: for a single response, never stored. */
export function disclosed(action: NextAction | undefined): NextActionView | undefined {
  if (action === undefined) return undefined;
  const { type, url = action.secretUrl } = action;
  return { type, ...(url !== undefined && { url }) };
}
