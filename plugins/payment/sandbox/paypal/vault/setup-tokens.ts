import { type Answered, withQuery } from '../../shared/http/page.ts';
import type { Account } from '../account.ts';
import { invalid, notFound } from '../api/errors.ts';
import { readBody } from '../api/input.ts';
import { type Call, creates, get, VAULT_MS } from '../api/route.ts';
import { newCustomerId, newId } from '../ids.ts';
import type { SetupTokenRecord } from '../store/vault-records.ts';
import { setupSchema } from './params.ts';
import { setupTokenView } from './view.ts';

/** How long a setup token can be approved and used. */
const LIFETIME_MS = 3 * 24 * 3_600_000;

/** Accounts that their payers have to allow to be saved. */
export const setupTokenRoutes = [
  creates('/v3/vault/setup-tokens', createSetupToken, showSetupToken, VAULT_MS),
  get('/v3/vault/setup-tokens/{slug}', (call, id) => ({ status: 200, ...showSetupToken(call, id) })),
];

/** `POST /v3/vault/setup-tokens`: the payer has to approve it. */
function createSetupToken(call: Call): string {
  const { account } = call;
  needRequestId(call);
  const { customer, payment_source: source } = readBody(setupSchema, call.body);
  const { experience_context: context, ...wallet } = source.paypal;
  const notes = Object.entries(wallet).filter((entry) => entry[1] !== undefined);
  const made: SetupTokenRecord = {
    id: newId(),
    status: 'PAYER_ACTION_REQUIRED',
    customer: {
      id: customer?.id ?? newCustomerId(),
      merchantCustomerId: customer?.merchant_customer_id,
    },
    wallet: Object.fromEntries(notes),
    returnUrl: context?.return_url,
    cancelUrl: context?.cancel_url,
    createdAtMs: account.nowMs(),
  };
  account.store.put('setupToken', made.id, made);
  return made.id;
}

/** A setup token as it is now. */
function showSetupToken({ account }: Call, id: string): { body: object; ref: string } {
  return { body: setupTokenView(account, findSetupToken(account, id)), ref: id };
}

/** The setup token, or a 404 when there is none or its three days are over. */
export function findSetupToken(account: Account, id: string): SetupTokenRecord {
  const token = account.store.get('setupToken', id);
  if (!token || account.nowMs() - token.createdAtMs >= LIFETIME_MS) throw notFound();
  return token;
}

/** The vault acts for a request id only. */
export function needRequestId({ requestId }: Call): void {
  if (requestId !== null) return;
  const description = 'A PayPal-Request-Id is required.';
  throw invalid('PAYPAL_REQUEST_ID_REQUIRED', description, 'PayPal-Request-Id', 'header');
}

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
