import type { NextAction } from '../payments/model/snapshot.ts';

/** What the payer has to do, as clients see it. */
export interface NextActionView {
  type: string;
  url?: string;
}

/** The member of an answer that says what the payer has to do, with the address where that holds no secret. */
export function nextActionMember({
  nextActionType: type,
  nextActionUrl: url,
}: {
  readonly nextActionType?: string | undefined;
  readonly nextActionUrl?: string | undefined;
}): { nextAction?: NextActionView } {
  return type === undefined ? {} : { nextAction: { type, ...(url !== undefined && { url }) } };
}

/** What the payer has to do, with its address whether that holds a secret or not: for one answer only. */
export function disclosed(action: NextAction | undefined): NextActionView | undefined {
  if (action === undefined) return undefined;
  const { type, url = action.secretUrl } = action;
  return { type, ...(url !== undefined && { url }) };
}
