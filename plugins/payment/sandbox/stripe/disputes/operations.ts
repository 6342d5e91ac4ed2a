import type Stripe from 'stripe';
import type { Call } from '../api/call.ts';
import { ApiError, noSuch } from '../api/errors.ts';
import type { Page } from '../api/lists.ts';
import { listParams, page } from '../api/lists.ts';
import { mergeMetadata, metadata } from '../api/metadata.ts';
import { flag, object, readParams, text, texts } from '../api/params.ts';
import { emit } from '../events.ts';
import { closeDispute, isInquiry, isOpen } from './close.ts';
import { evidenceParams } from './evidence.ts';

/** Sandbox time between evidence with a magic text and the bank's decision. */
const DECIDED_AFTER_MS = 2000;
const MAGIC_EVIDENCE = new Set(['winning_evidence', 'losing_evidence']);

const onlyExpand = { expand: texts };
const updateParams = { evidence: object(evidenceParams), expand: texts, metadata, submit: flag };

/** `GET /v1/disputes/{id}`. */
export function retrieveDispute(call: Call, id: string): Stripe.Dispute {
  readParams(onlyExpand, call.form);
  return find(call, id);
}

/** `GET /v1/disputes`, of all charges, of one, or of an intent. */
export function listDisputes(call: Call): Page<Stripe.Dispute> {
  const query = readParams({ ...listParams, charge: text, payment_intent: text }, call.form);
  const all = call.account.store.all('dispute').map(({ value }) => value);
  const fitting = all
    .filter(({ charge }) => query.charge === undefined || charge === query.charge)
    .filter((one) => query.payment_intent === undefined || one.payment_intent === query.payment_intent);
  return page(fitting, query, call.path);
}

/** `POST /v1/disputes/{id}`: evidence goes to the bank at once unless `submit=false`. */
export function updateDispute(call: Call, id: string): Stripe.Dispute {
  const params = readParams(updateParams, call.form);
  const { account } = call;
  const dispute = find(call, id);
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
  account.store.put('dispute', id, changed);
  emit(account, call, 'charge.dispute.updated', changed, { status: dispute.status });
  if (submitted && MAGIC_EVIDENCE.has(evidence.uncategorized_text ?? '')) {
    const dueAtMs = account.nowMs() + DECIDED_AFTER_MS;
    account.store.put('job', id, { kind: 'decide-dispute', disputeId: id, dueAtMs });
  }
  return changed;
}

/** `POST /v1/disputes/{id}/close`: the merchant accepts that the money is gone. */
export function acceptDispute(call: Call, id: string): Stripe.Dispute {
  readParams(onlyExpand, call.form);
  const dispute = find(call, id);
  checkOpen(dispute);
  return closeDispute(call.account, call, dispute, 'lost');
}

function checkOpen(dispute: Stripe.Dispute): void {
  if (isOpen(dispute)) return;
  throw new ApiError(
    400,
    { type: 'invalid_request_error', message: `This dispute is already closed (${dispute.status}).` },
    true,
  );
}

function find(call: Call, id: string): Stripe.Dispute {
  const dispute = call.account.store.get('dispute', id);
  if (!dispute) throw noSuch('dispute', id, 'dispute');
  return dispute;
}
