import type { Pages } from '../../shared/http/page.ts';
import { redirect, refusal } from '../../shared/http/page.ts';
import { payerPage } from '../payer-page.ts';
import type { SetupTokenRecord } from '../store/vault-records.ts';
import type { Account } from '../account.ts';
import { approveSetup, declineSetup } from './approve.ts';

/** The payer's page at the approval link of a setup token. */
export function setupPages(account: Account): Pages {
  return ({ body, method, url }) => {
    if (url.pathname !== '/agreements/approve') return undefined;
    const token = account.store.get('setupToken', url.searchParams.get('approval_session_id') ?? '');
    if (!token) return refusal(404, 'There is no such setup token.');
    if (method !== 'POST') return page(token);
    const answer = new URLSearchParams(body).get('answer');
    const refused = answer === 'cancel' ? declineSetup(token) : undefined;
    const done = answer === 'approve' ? approveSetup(account, token) : refused;
    if (done === undefined) return refusal(400, 'The setup token cannot be answered like this.');
    return done.redirect === undefined ? page(done.token) : redirect(done.redirect);
  };
}

function page({ id, status }: SetupTokenRecord) {
  const waits = status === 'PAYER_ACTION_REQUIRED';
  return payerPage(
    `Save your PayPal account, setup token ${id}`,
    waits ? undefined : `the setup token is ${status}`,
  );
}
