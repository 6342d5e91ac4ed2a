import type { MetricKind, MetricRecord, MetricStore } from './store.ts';

/** What AWS writes itself, of what alarms and dashboards look at: kind and unit by namespace and name. */
const WRITTEN: Readonly<Record<string, Readonly<Record<string, readonly [MetricKind, string]>>>> = {
  'AWS/Lambda': {
    Invocations: ['count', 'Count'],
    Errors: ['count', 'Count'],
    Throttles: ['count', 'Count'],
    Duration: ['duration', 'Milliseconds'],
    ConcurrentExecutions: ['level', 'Count'],
    IteratorAge: ['duration', 'Milliseconds'],
  },
  'AWS/SQS': {
    ApproximateNumberOfMessagesVisible: ['level', 'Count'],
    ApproximateAgeOfOldestMessage: ['level', 'Seconds'],
  },
  'AWS/ApiGateway': {
    Count: ['count', 'Count'],
    '4xx': ['count', 'Count'],
    '5xx': ['count', 'Count'],
    Latency: ['duration', 'Milliseconds'],
  },
};

/** Whether this system has a metric: all that functions write themselves, and of AWS those that it writes too. */
export const hasMetric = (namespace: string, name: string): boolean =>
  !namespace.startsWith('AWS/') || Object.hasOwn(WRITTEN[namespace] ?? {}, name);

/** An invocation that Lambda has taken or refused. */
interface Invoked {
  readonly functionName: string;
  /** By which it was invoked. */
  readonly alias: string | undefined;
}

/** Writes the metrics that AWS writes. */
export interface AwsMetrics {
  /** @param concurrent invocations of the function at this moment, with this one */
  began(invoked: Invoked, concurrent: number): void;
  ended(invoked: Invoked, result: { readonly failed: boolean; readonly durationMs: number }): void;
  throttled(invoked: Invoked): void;
  /** How old the newest record of a batch was when the function was invoked with it. */
  iteratorAge(invoked: Invoked, ageMs: number): void;
  queue(name: string, state: { readonly visible: number; readonly oldestAgeSeconds: number }): void;
  /** An answer of the HTTP API. */
  answered(apiId: string, answer: { readonly status: number; readonly durationMs: number }): void;
}

export function createAwsMetrics(store: Pick<MetricStore, 'record'>): AwsMetrics {
  const write =
    (namespace: string, dimensionSets: MetricRecord['dimensionSets']) =>
    (name: string, value: number): void => {
      const [kind, unit] = WRITTEN[namespace]?.[name] ?? unwritten(namespace, name);
      store.record({ namespace, name, kind, unit, values: [value], dimensionSets });
    };
  // Lambda writes each metric of a function for the function, and for the alias by which it was invoked.
  const ofFunction = ({ functionName: FunctionName, alias }: Invoked) =>
    write('AWS/Lambda', [
      { FunctionName },
      ...(alias === undefined ? [] : [{ FunctionName, Resource: `${FunctionName}:${alias}` }]),
    ]);
  return {
    began(invoked, concurrent) {
      ofFunction(invoked)('ConcurrentExecutions', concurrent);
    },
    ended(invoked, { failed, durationMs }) {
      const metric = ofFunction(invoked);
      metric('Invocations', 1);
      metric('Errors', failed ? 1 : 0);
      metric('Throttles', 0);
      metric('Duration', durationMs);
    },
    throttled: (invoked) => ofFunction(invoked)('Throttles', 1),
    iteratorAge: (invoked, ageMs) => ofFunction(invoked)('IteratorAge', Math.max(0, ageMs)),
    queue(QueueName, { visible, oldestAgeSeconds }) {
      const metric = write('AWS/SQS', [{ QueueName }]);
      metric('ApproximateNumberOfMessagesVisible', visible);
      metric('ApproximateAgeOfOldestMessage', oldestAgeSeconds);
    },
    answered(ApiId, { status, durationMs }) {
      const metric = write('AWS/ApiGateway', [{ ApiId }, { ApiId, Stage: '$default' }]);
      metric('Count', 1);
      metric('4xx', status >= 400 && status < 500 ? 1 : 0);
      metric('5xx', status >= 500 ? 1 : 0);
      metric('Latency', durationMs);
    },
  };
}

function unwritten(namespace: string, name: string): never {
  throw new Error(`${namespace} has no metric ${name} here`);
}
