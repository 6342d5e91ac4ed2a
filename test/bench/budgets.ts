import type { Calls } from './calls.ts';
import { difference, type Figure, type Measured, paired, ratio } from './measure.ts';
import { BESIDE } from './subjects.ts';

/** One aim and what came of it. */
export interface Budget {
  readonly what: string;
  readonly aim: string;
  readonly value: string;
  readonly isMet: boolean;
}

export function atMost(what: string, limit: number, unit: string, value: number): Budget {
  const digits = unit === '' ? 2 : 0;
  return {
    what,
    aim: `<= ${limit.toFixed(digits)}${unit}`,
    value: `${value.toFixed(digits)}${unit}`,
    isMet: value <= limit,
  };
}

/** The budgets of the built functions, from figures of the same rounds. */
export function functionBudgets(measured: Measured): Budget[] {
  const compare = (figure: Figure, ours: string, other: string, by: typeof ratio) =>
    paired(measured, figure, [ours, other], by);
  const loaders = [...measured].filter(([name, { undici }]) => undici && name !== BESIDE.usual);
  const front = 'platform.graphql';
  return [
    atMost(
      'init of payment.api / usual stack',
      0.6,
      '',
      compare('initMs', 'payment.api', BESIDE.usual, ratio),
    ),
    atMost(
      `init of payment.webhook-stripe / ${BESIDE.stripe}`,
      1.15,
      '',
      compare('initMs', 'payment.webhook-stripe', BESIDE.stripe, ratio),
    ),
    atMost(
      'init + first call of payment.api / usual stack',
      0.7,
      '',
      compare('sumMs', 'payment.api', BESIDE.usual, ratio),
    ),
    {
      what: 'undici loaded at init',
      aim: 'never',
      value: loaders.length === 0 ? 'never' : loaders.map(([name]) => name).join(', '),
      isMet: loaders.length === 0,
    },
    atMost(
      `pipeline per warm call: simple-plugin.api above ${BESIDE.byHandDocuments}`,
      60,
      ' us',
      compare('warmUs', 'simple-plugin.api', BESIDE.byHandDocuments, difference),
    ),
    atMost('GraphQL front above REST, init', 10, ' ms', compare('initMs', front, BESIDE.rest, difference)),
    atMost(
      'GraphQL front above REST, warm call',
      20,
      ' us',
      compare('warmUs', front, BESIDE.rest, difference),
    ),
  ];
}

/** Database and provider calls per operation. */
const ROUND_TRIPS: Readonly<Record<string, readonly [number, number]>> = {
  create: [2, 1],
  'create, replayed': [1, 1],
  get: [1, 0],
  list: [1, 0],
  capture: [3, 1],
  cancel: [3, 1],
  webhook: [3, 1],
  'webhook, duplicate': [1, 0],
};

/** The budgets of the running local system. */
export function systemBudgets(told: {
  readonly calls: readonly Calls[];
  readonly firstAnswerMs: number;
  readonly reloadMs: number;
}): Budget[] {
  const trips = told.calls.flatMap(({ operation, database, provider }) => {
    const aim = ROUND_TRIPS[operation];
    if (!aim) return [];
    const isMet = database <= aim[0] && provider <= aim[1];
    const value = `${database} + ${provider}`;
    return [{ what: `round trips: ${operation}`, aim: `${aim[0]} + ${aim[1]}`, value, isMet }];
  });
  return [
    ...trips,
    atMost('npm start to the first 200', 3000, ' ms', told.firstAnswerMs),
    atMost('hot reload of a payment operation, file written to new answer', 300, ' ms', told.reloadMs),
  ];
}
