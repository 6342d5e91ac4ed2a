import { withQuery } from '../links.ts';
import type { SetupTokenRecord } from '../store/vault-records.ts';
import type { Account } from '../account.ts';

/** What became of a setup token, and where the payer's browser goes, when the merchant said so. */
export interface SetupAnswered {
  readonly token: SetupTokenRecord;
  readonly redirect?: string | undefined;
}

/** The payer allows the account to be saved; undefined when nobody waits for that. */
export function approveSetup(account: Account, token: SetupTokenRecord): SetupAnswered | undefined {
  if (token.status !== 'PAYER_ACTION_REQUIRED') return undefined;
  const approved = { ...token, status: 'APPROVED' } as const;
  account.store.put('setupToken', token.id, approved);
  return { token: approved, redirect: withQuery(token.returnUrl, sessionOf(token)) };
}

/** The payer turns back; the token goes on waiting. */
export function declineSetup(token: SetupTokenRecord): SetupAnswered | undefined {
  if (token.status !== 'PAYER_ACTION_REQUIRED') return undefined;
  return { token, redirect: withQuery(token.cancelUrl, sessionOf(token)) };
}

function sessionOf({ id }: SetupTokenRecord): Record<string, string> {
  return { approval_token_id: id, approval_session_id: id };
}
