import { type Answered, withQuery } from '../../shared/http/page.ts';
import type { Account } from '../account.ts';
import type { SetupTokenRecord } from '../store/vault-records.ts';

/** The payer allows the account to be saved; undefined when nobody waits for that. */
export function approveSetup(
  account: Account,
  token: SetupTokenRecord,
): Answered<SetupTokenRecord> | undefined {
  if (token.status !== 'PAYER_ACTION_REQUIRED') return undefined;
  const approved = { ...token, status: 'APPROVED' } as const;
  account.store.put('setupToken', token.id, approved);
  return { object: approved, redirect: withQuery(token.returnUrl, sessionOf(token)) };
}

/** The payer turns back; the token goes on waiting. */
export function declineSetup(token: SetupTokenRecord): Answered<SetupTokenRecord> | undefined {
  if (token.status !== 'PAYER_ACTION_REQUIRED') return undefined;
  return { object: token, redirect: withQuery(token.cancelUrl, sessionOf(token)) };
}

function sessionOf({ id }: SetupTokenRecord): Record<string, string> {
  return { approval_token_id: id, approval_session_id: id };
}
