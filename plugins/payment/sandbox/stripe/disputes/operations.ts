import type Stripe from 'stripe';
import { notAllowed } from '../api/errors.ts';
import { mergeMetadata, metadata } from '../api/metadata.ts';
import { flag, object, readParams, text, texts } from '../api/params.ts';
import { type Call, get, post } from '../api/route.ts';
import { list, retrieve, stored } from '../api/stored.ts';
import { save } from '../events.ts';
import { evidenceParams } from './evidence.ts';
import { closeDispute, isInquiry, isOpen } from './lifecycle.ts';

/** Sandbox time between evidence with a magic text and the bank's decision. */
const DECIDED_AFTER_MS = 2000;
const MAGIC_EVIDENCE = new Set(['winning_evidence', 'losing_evidence']);

const updateParams = { evidence: object(evidenceParams), expand: texts, metadata, submit: flag };

const naming = { param: 'dispute' };

/** `/v1/disputes`. */
export const disputeRoutes = [
  get('/v1/disputes', list('dispute', { charge: text, payment_intent: text })),
  get('/v1/disputes/{id}', retrieve('dispute', naming)),
  post('/v1/disputes/{id}', updateDispute),
  post('/v1/disputes/{id}/close', acceptDispute),
];

/** `POST /v1/disputes/{id}`: evidence goes to the bank at once unless `submit=false`. */
function updateDispute(call: Call, id: string): Stripe.Dispute {
  const params = readParams(updateParams, call.form);
  const { account } = call;
  const dispute = stored(call.account, 'dispute', id, naming);
  if (params.evidence) checkOpen(dispute);
  const evidence = { ...dispute.evidence, ...params.evidence };
  const submitted = params.evidence !== undefined && params.submit !== false;
  const changed: Stripe.Dispute = {
    ...dispute,
    evidence,
    metadata: mergeMetadata(dispute.metadata, params.metadata),
    ...(submitted ? { status: isInquiry(dispute) ? 'warning_under_review' : 'under_review' } : {}),
    evidence_details: {
      ...dispute.evidence_details,
      has_evidence: Object.values(evidence).some((said) => typeof said === 'string'),
      ...(submitted
        ? {
            submission_count: dispute.evidence_details.submission_count + 1,
            submission_method: 'manual',
          }
        : {}),
    },
  };
  save(call, 'charge.dispute.updated', changed, { status: dispute.status });
  if (submitted && MAGIC_EVIDENCE.has(evidence.uncategorized_text ?? '')) {
    const dueAtMs = account.nowMs() + DECIDED_AFTER_MS;
    account.store.put('job', id, { kind: 'decide-dispute', disputeId: id, dueAtMs });
  }
  return changed;
}

/** `POST /v1/disputes/{id}/close`: the merchant accepts the loss. */
function acceptDispute(call: Call, id: string): Stripe.Dispute {
  readParams({ expand: texts }, call.form);
  const dispute = stored(call.account, 'dispute', id, naming);
  checkOpen(dispute);
  return closeDispute(call, dispute, 'lost');
}

function checkOpen(dispute: Stripe.Dispute): void {
  if (isOpen(dispute)) return;
  throw notAllowed(`This dispute is already closed (${dispute.status}).`);
}
