import { expect, it } from 'vitest';
import { envelopesOf } from '../../../../../plugins/payment/engine/model/event-envelopes.ts';

const context: Parameters<typeof envelopesOf>[3] = {
  cause: { kind: 'api', id: 'r' },
  actor: 'me',
  requestId: 'r',
  traceparent: undefined,
  now: new Date(0),
};
const envelopes = (...types: string[]) =>
  envelopesOf(
    { type: 'customer', id: 'cus_1', tenant: 'default' },
    3,
    types.map((type) => ({ type, data: {} })),
    context,
  );

it('the events of one change say how many they are, and one alone says nothing', () => {
  expect(
    envelopes('a', 'b').map(({ id, sequence, eventsInChange }) => [id, sequence, eventsInChange]),
  ).toEqual([
    ['cus_1:3:1', 3, 2],
    ['cus_1:3:2', 3, 2],
  ]);
  expect(envelopes('a')[0]).not.toHaveProperty('eventsInChange');
});
