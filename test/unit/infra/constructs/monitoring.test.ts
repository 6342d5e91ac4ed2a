import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Function } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { expect, test } from 'vitest';
import { AlarmTopic } from '#infra/constructs/monitoring/alarm-topic.ts';
import { functionGraphs } from '#infra/constructs/monitoring/graphs.ts';
import { Monitoring } from '#infra/constructs/monitoring/monitoring.ts';
import { deploymentOf } from '#infra/deployment/context.ts';
import { type AlarmRule, defaultAlarmOf } from '#infra/manifest/alarm-rules.ts';
import type { Manifest } from '#infra/manifest/schema.ts';

const deploymentWith = (context: Readonly<Record<string, unknown>> = {}) =>
  deploymentOf((key) => context[key]);

const observing = (defaults: Manifest['observability']['defaults']): Pick<Manifest, 'observability'> => ({
  observability: { alarms: {}, defaults, dashboard: true },
});

/** A stack with the graphs and alarms of so many functions. */
function monitored(
  count: number,
  {
    context = {},
    defaults = {},
    dashboard = true,
  }: {
    readonly context?: Readonly<Record<string, unknown>>;
    readonly defaults?: Manifest['observability']['defaults'];
    readonly dashboard?: boolean;
  } = {},
): Template {
  const stack = new Stack(new App());
  const monitoring = new Monitoring(stack, 'Monitoring', {
    deployment: deploymentWith(context),
    owner: 'shop',
    topic: Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:us-east-1:123456789012:anineeplus-local-alarms'),
    dashboard,
  });
  const functions = Array.from({ length: count }, (_, index) => {
    const arn = `arn:aws:lambda:us-east-1:123456789012:function:f${index}`;
    return {
      key: `f${index}`,
      timeoutSeconds: 10,
      lambda: Function.fromFunctionArn(stack, `F${index}`, arn),
    };
  });
  const ruleOf = (key: 'invocation-errors' | 'throttles' | 'duration'): AlarmRule | undefined =>
    defaultAlarmOf(observing(defaults), key);
  monitoring.addGraphs('Functions', functionGraphs(monitoring, functions, ruleOf));
  return Template.fromStack(stack);
}

interface AlarmProperties {
  readonly AlarmName: string;
  readonly Threshold: number;
  readonly Metrics: readonly {
    readonly Expression?: string;
    readonly MetricStat?: { readonly Period: number };
  }[];
}

const alarmsOf = (template: Template): readonly AlarmProperties[] =>
  Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(
    ({ Properties }) => Properties as AlarmProperties,
  );

test('an alarm watches ten functions at most, and the next one goes on with the others', () => {
  const template = monitored(12);
  expect(alarmsOf(template).map(({ AlarmName }) => AlarmName)).toEqual([
    'anineeplus-local-shop-invocation-errors',
    'anineeplus-local-shop-invocation-errors/2',
    'anineeplus-local-shop-throttles',
    'anineeplus-local-shop-throttles/2',
    'anineeplus-local-shop-duration',
    'anineeplus-local-shop-duration/2',
  ]);
  const measured = alarmsOf(template).map(
    ({ Metrics }) => Metrics.filter(({ MetricStat }) => MetricStat).length,
  );
  expect(measured).toEqual([10, 2, 10, 2, 10, 2]);
  const second = alarmsOf(template)[1]?.Metrics.find(({ Expression }) => Expression);
  expect(second?.Expression).toBe('SUM([errors10, errors11])');
});

test('the manifest changes the numbers of an alarm that every plugin has, or switches it off', () => {
  const template = monitored(1, {
    defaults: { throttles: false, duration: { threshold: 95, periodMinutes: 15 } },
  });
  const [errors, duration, ...more] = alarmsOf(template);
  expect(more).toEqual([]);
  expect(errors?.AlarmName).toBe('anineeplus-local-shop-invocation-errors');
  expect(duration).toMatchObject({ AlarmName: 'anineeplus-local-shop-duration', Threshold: 95 });
  expect(duration?.Metrics.flatMap(({ MetricStat }) => MetricStat?.Period ?? [])).toEqual([900]);
});

test('a dashboard is left out by the manifest, and all of them by the context; the alarms stay', () => {
  const count = (template: Template) => [
    Object.keys(template.findResources('AWS::CloudWatch::Dashboard')).length,
    alarmsOf(template).length,
  ];
  expect(count(monitored(1))).toEqual([1, 3]);
  expect(count(monitored(1, { dashboard: false }))).toEqual([0, 3]);
  expect(count(monitored(1, { context: { dashboards: 'none' } }))).toEqual([0, 3]);
});

test('the topic takes what CloudWatch publishes for this account, and nothing without TLS', () => {
  const stack = new Stack(new App());
  const { topic } = new AlarmTopic(stack, 'Alarms', {
    deployment: deploymentWith({
      'alarms.email': 'ops@shop.example, night@shop.example',
      'alarms.url': 'https://pager.example/hook',
    }),
  });
  expect(topic.stack).toBe(stack);
  const template = Template.fromStack(stack);
  const subscriptions = Object.values(template.findResources('AWS::SNS::Subscription')).map(
    ({ Properties }) => Properties as Readonly<Record<string, unknown>>,
  );
  expect(subscriptions.map(({ Protocol, Endpoint }) => [Protocol, Endpoint])).toEqual([
    ['email', 'ops@shop.example'],
    ['email', 'night@shop.example'],
    ['https', 'https://pager.example/hook'],
  ]);
  for (const { RedrivePolicy } of subscriptions) expect(RedrivePolicy).toBeDefined();
  const [policy] = Object.values(template.findResources('AWS::SNS::TopicPolicy'));
  const document = JSON.stringify(policy);
  expect(document).toContain('"aws:SecureTransport":"false"');
  expect(document).toContain('"Principal":{"Service":"cloudwatch.amazonaws.com"}');
});

test.each([
  ['alarms.email', 'nobody'],
  ['alarms.url', 'http://pager.example'],
  ['alarms.email', 7],
])('the context %s = %j is refused', (key, value) => {
  expect(() => deploymentWith({ [key]: value })).toThrow(`alarm-receiver-invalid: ${JSON.stringify(value)}`);
});

test('the context dashboards is refused unless it is "none"', () => {
  expect(() => deploymentWith({ dashboards: 'few' })).toThrow('the context "dashboards" is "few"');
});
