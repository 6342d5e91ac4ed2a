import { expect, it } from 'vitest';
import { type FlowUnits, writeUnitsPerFlow } from '#test/bench/units.ts';

/** Write and read units of each flow, and what it writes: kind of item, units, units of its indexes. */
const shown = ({ writeUnits, readUnits, written }: FlowUnits) => [
  `${writeUnits} W, ${readUnits} R`,
  ...written.map(({ kind, units, indexUnits }) =>
    [kind, units, ...Object.entries(indexUnits).map(([name, count]) => `${name} ${count}`)].join(' '),
  ),
];

const outcome = ['PAY#/LOG# 2', 'PAY#/EVT# 2'];
const created = ['PAY#/PAY 2 by-tenant 1', ...outcome, 'REF#/REF 2'];
const moved = 'PAY#/PAY 2 by-tenant 1 by-next-check 2';
const intent = 'PAY#/PAY 1 by-tenant 1 by-next-check 1';
const operation = [moved, 'PAY#/LOG# 2', 'PAY#/OP# 2', moved, ...outcome];
const webhook = ['WH#/EVT# 2', moved, ...outcome];

it('counts the units of each flow, by the rules of DynamoDB and as the engine does', async () => {
  const flows = await writeUnitsPerFlow();
  expect(Object.fromEntries(flows.map((flow) => [flow.flow, shown(flow)]))).toEqual({
    'paid payment (create + webhook + get)': ['23 W, 3 R', intent, ...created, ...webhook],
    create: ['12 W, 0 R', intent, ...created],
    'create with a key': [
      '17 W, 0 R',
      'IDEM#/IDEM 2',
      'PAY#/PAY 2 by-tenant 1 by-next-check 1',
      ...created,
      'IDEM#/IDEM 2',
    ],
    'pay (create + confirm)': ['14 W, 0 R', intent, moved, ...outcome, 'REF#/REF 2'],
    webhook: ['11 W, 2 R', ...webhook],
    'webhook with a whole event': ['13 W, 2 R', 'WH#/EVT# 4', ...webhook.slice(1)],
    capture: ['18 W, 1 R', ...operation],
    refund: ['18 W, 1 R', moved, 'PAY#/RFD# 2', moved, ...outcome, 'PAY#/RFD# 2'],
    cancel: ['18 W, 1 R', ...operation],
  });
  for (const { flow, writeUnits, engineWriteUnits } of flows)
    expect([flow, engineWriteUnits]).toEqual([flow, writeUnits]);
});
