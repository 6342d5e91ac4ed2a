import type { Json } from '#testing/client.ts';
import { STATUS_OF_INTENT } from '../model/rules.ts';
import type { Flow } from './flows.ts';
import type { Recovered } from './recover.ts';
import type { PaymentRecords } from './payment-records.ts';

/** A rule tells what is wrong with a payment, one text for each fault; nothing when all is well. */
type Rule = (records: PaymentRecords, flow: Flow) => readonly string[];

const unless = (holds: boolean, text: string): readonly string[] => (holds ? [] : [text]);

/** The provider has exactly one object, and it and our record say the same. */
const recordsAgree: Rule = ({ payment, intents }) => {
  const [intent] = intents;
  if (intents.length !== 1) return [`the provider has ${intents.length} PaymentIntents`];
  return [
    ...unless(payment.providerRef === intent.id, `our record names ${payment.providerRef}, not ${intent.id}`),
    ...unless(
      payment.status === STATUS_OF_INTENT[intent.status],
      `we say ${payment.status}, the provider ${intent.status}`,
    ),
    ...unless(
      payment.capturedMinor === intent.amount_received,
      `we say ${payment.capturedMinor} captured, the provider ${intent.amount_received}`,
    ),
    ...unless(
      payment.capturableMinor === intent.amount_capturable,
      `we say ${payment.capturableMinor} capturable, the provider ${intent.amount_capturable}`,
    ),
  ];
};

/** What can be given back, is on its way, back and lost comes to what was captured, and the provider agrees. */
const refundsAgree: Rule = ({ payment, refunds, providerRefunds }, { end }) => {
  const { capturedMinor, refundableMinor, refundPendingMinor, refundedMinor, lostMinor } = payment;
  const parts = refundableMinor + refundPendingMinor + refundedMinor + lostMinor;
  const theirs = providerRefunds.reduce((sum, { amount }) => sum + amount, 0);
  const ids = providerRefunds.flatMap(({ metadata }) => metadata.refund_id ?? []);
  return [
    ...unless(parts === capturedMinor, `${parts} of ${capturedMinor} are accounted for`),
    ...unless(refundedMinor === theirs, `we say ${refundedMinor} is back, the provider ${theirs}`),
    ...unless(refundedMinor === (end.refundedMinor ?? 0), `${refundedMinor} is back`),
    ...unless(new Set(ids).size === ids.length, 'a refund was made twice'),
    ...refunds.flatMap(({ status }) => unless(status === 'succeeded', `a refund is ${status}`)),
  ];
};

/** It happened, to the amount that was asked for. */
const flowIsDone: Rule = ({ payment }, { end }) => [
  ...unless(payment.status === end.status, `ends as ${payment.status} instead of ${end.status}`),
  ...unless(
    payment.capturedMinor === end.capturedMinor,
    `ends with ${payment.capturedMinor} captured instead of ${end.capturedMinor}`,
  ),
];

/** No effect happened twice at the provider. */
const nothingTwice: Rule = ({ providerEvents, captureKeys }) => [
  ...[...providerEvents].flatMap(([type, ids]) =>
    unless(ids.size <= 1, `the provider reports ${ids.size} ${type}`),
  ),
  ...unless(captureKeys.size <= 1, `captured under ${captureKeys.size} keys`),
];

/** The latest operation is recorded with the payment, those before it apart. */
const nothingOpen: Rule = ({ payment, operations }) => [
  ...unless(payment.activeOp === undefined, `the operation ${payment.operation.kind} is still open`),
  ...[...operations, payment.operation].flatMap(({ kind, status }) =>
    unless(['succeeded', 'failed'].includes(status), `the operation record of ${kind} is still ${status}`),
  ),
];

const logOf = (records: PaymentRecords): readonly Json[] =>
  records.log.filter(({ from, to }) => from !== null && from !== to);

/** Every change has its log entry, and the log leads to the present status. */
const logIsWhole: Rule = ({ log, payment }) => {
  const breaks = log.slice(1).filter(({ from }, index) => from !== log[index]?.to);
  return [
    ...unless(log[0]?.version === 1 && log[0]?.from === null, 'the log does not begin with the creation'),
    ...breaks.map(({ version }) => `log entry ${version} does not begin where the one before ended`),
    ...unless(log.at(-1)?.to === payment.status, 'the log does not end with the present status'),
  ];
};

/** Each change of status published its own events, numbered without a gap. */
const outboxIsWhole: Rule = (records) => {
  const { outbox, payment } = records;
  const numbers = outbox.map(({ SK }) => Number(SK.slice('EVT#'.length)));
  const events = outbox.flatMap((item): Json[] => item.events);
  const ids = events.map(({ id }) => String(id));
  const causes = (to: string, cause: string) =>
    events.filter(
      ({ data, cause: { id } }) => data.status === to && data.previousStatus !== to && id === cause,
    );
  return [
    ...unless(
      numbers.every((number, index) => number === index + 1) && numbers.length === payment.seq,
      `sequence ${numbers.join(', ')} of ${payment.seq}`,
    ),
    ...unless(
      events.every(({ id, sequence, aggregate }) => id.startsWith(`${aggregate.id}:${sequence}:`)),
      'an event does not carry its number',
    ),
    ...unless(new Set(ids).size === ids.length, 'an event id is used twice'),
    ...logOf(records).flatMap(({ version, to, cause }) =>
      unless(causes(to, cause.id).length > 0, `version ${version} (${to}) published nothing`),
    ),
  ];
};

/** What was committed is on the bus, and nothing else is. */
const busHasAll: Rule = ({ outbox, published }) => {
  const ids = new Set(outbox.flatMap(({ events }) => events.map(({ id }: Json) => String(id))));
  return [
    ...[...ids].filter((id) => !published.has(id)).map((id) => `event ${id} never reached the bus`),
    ...[...published].filter((id) => !ids.has(id)).map((id) => `event ${id} was published but not committed`),
  ];
};

/** The subscriber acted once for each success, however often it was told. */
const receivedOnce: Rule = ({ payment, receipts }) => {
  const expected = payment.status === 'succeeded' ? 1 : 0;
  return unless(
    receipts.length === expected,
    `the subscriber has ${receipts.length} receipts, not ${expected}`,
  );
};

const rules: readonly Rule[] = [
  recordsAgree,
  refundsAgree,
  flowIsDone,
  nothingTwice,
  nothingOpen,
  logIsWhole,
  outboxIsWhole,
  busHasAll,
  receivedOnce,
];

/** The caller was told of this one payment, and is told so again. */
function answersFit(
  { answer, replay, complaints }: Recovered,
  paymentId: string,
  flow: Flow,
): readonly string[] {
  if (!flow.replays) return complaints;
  const created = answer?.status === 201 && answer.body.status === 'requires_action';
  return [
    ...complaints,
    ...unless(
      (answer?.body.paymentId ?? answer?.body.id) === paymentId,
      `the caller was told of ${answer?.body.id}`,
    ),
    ...unless(!created || answer.body.clientSecret !== null, 'the caller got no client secret'),
    ...unless(
      replay?.headers.get('idempotent-replayed') === 'true' && replay.status === answer?.status,
      `the replay is ${replay?.status} instead of ${answer?.status}`,
    ),
    ...unless(replay?.body.id === answer?.body.id, `the replay tells of ${replay?.body.id}`),
  ];
}

/** Everything that is wrong with a case after all have done what they do. */
export function violationsOf(
  recordsOfCase: readonly PaymentRecords[],
  flow: Flow,
  recovered: Recovered,
): readonly string[] {
  const [records] = recordsOfCase;
  if (records === undefined || recordsOfCase.length > 1)
    return [`${recordsOfCase.length} payments exist`, ...recovered.complaints];
  return [
    ...rules.flatMap((rule) => rule(records, flow)),
    ...answersFit(recovered, records.payment.id, flow),
  ];
}
