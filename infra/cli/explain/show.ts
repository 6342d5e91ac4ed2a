import { PRICES } from '../cost/prices.ts';
import type { View } from '../output/view.ts';
import type { FunctionCost } from './costs.ts';
import type { ExplainedPlugin } from './facts.ts';
import { throttleText } from '../output/throttle.ts';
import { statementLine } from './statements.ts';

/** To a tenth of a cent, since some prices are. */
const dollars = (amount: number): string => `$${amount.toFixed(3).replace(/0$/, '')}`;

/** Title, columns and rows. */
type Section = readonly [title: string, columns: readonly string[], rows: readonly (readonly string[])[]];

/** Prints each part that the plugin has. */
export function showExplained(plugin: ExplainedPlugin, view: View): void {
  const { name, version, description, manifest, engine, deploy } = plugin;
  const deployment =
    deploy.check === undefined ? deploy.strategy : `${deploy.strategy}, after a check by ${deploy.check}`;
  view.heading(`${name} ${version}`);
  view.line(description);
  view.line(`${manifest}, for the platform ${engine}, deployed by ${deployment}`);
  showFunctions(plugin, view);
  for (const [title, columns, rows] of [...waysIn(plugin), ...resources(plugin), ...relations(plugin)]) {
    if (rows.length === 0) continue;
    view.line();
    view.heading(title);
    view.table(columns, rows, 2);
  }
  showMonitoring(plugin, view);
  showCosts(plugin.costs, view);
}

/** What CloudWatch takes a month, whatever is called. */
function showMonitoring({ alarms, dashboard }: ExplainedPlugin, view: View): void {
  const metrics = alarms.reduce((sum, alarm) => sum + alarm.metrics, 0);
  const charged = `${dollars(metrics * PRICES.alarmMetricMonth)} a month for ${metrics} metrics of ${alarms.length} alarms`;
  view.line();
  view.line(
    dashboard === undefined
      ? `CloudWatch takes ${charged}.`
      : `CloudWatch takes ${charged}, and ${dollars(PRICES.dashboardMonth)} for the dashboard ${dashboard} when the account has more than three.`,
  );
}

const waysIn = ({ operations, events }: ExplainedPlugin): readonly Section[] => [
  [
    'Ways in',
    ['operation', 'route', 'throttle', 'graphql', 'scope', 'exposed', 'function'],
    operations.map(({ name, route = '-', throttle, field = '-', scope, expose, function: key }) => [
      name,
      route,
      throttle ? throttleText(throttle) : route === '-' ? '-' : 'default',
      field,
      scope,
      expose,
      key,
    ]),
  ],
  ['Events published', ['event'], events.publishes.map((event) => [event])],
  [
    'Events received',
    ['event', 'versions', 'function'],
    events.subscribes.map(({ type, version, function: key }) => [type, version, key]),
  ],
];

const resources = ({ tables, schedules, alarms }: ExplainedPlugin): readonly Section[] => [
  [
    'Tables',
    ['table', 'keys', 'expiry', 'stream'],
    tables.flatMap(({ name, keys, ttl = '-', stream = '-', indexes }) => [
      [name, keys, ttl, stream],
      ...indexes.map((index) => [`${name}/${index.name}`, index.keys, '-', '-']),
    ]),
  ],
  [
    'Schedules',
    ['schedule', 'when', 'function'],
    schedules.map(({ name, expression, function: key }) => [name, expression, key]),
  ],
  [
    'Alarms',
    ['alarm', 'metric', 'from', 'minutes', 'runbook'],
    alarms.map(({ name, metric, threshold, periodMinutes, runbook }) => [
      name,
      metric,
      String(threshold),
      String(periodMinutes),
      runbook,
    ]),
  ],
];

const relations = ({ dependencies, dependents, config }: ExplainedPlugin): readonly Section[] => [
  [
    'Depends on',
    ['plugin', 'versions', 'kind'],
    dependencies.map(({ name, version, optional }) => [name, version, optional ? 'optional' : 'required']),
  ],
  ['Needed by', ['plugin'], dependents.map((name) => [name])],
  [
    'Configuration',
    ['variable', 'value', 'kept'],
    config.map(({ variable, path, secret }) => [variable, path, secret ? 'secret' : 'readable']),
  ],
];

function showFunctions({ functions }: ExplainedPlugin, view: View): void {
  for (const { name, deployedAs, memoryMb, timeoutSeconds, triggers, statements } of functions) {
    view.line();
    view.heading(`Function ${name}`);
    view.line(`  ${deployedAs}, ${memoryMb} MB, ${timeoutSeconds} s`);
    for (const { kind, text } of triggers) view.line(`  by ${kind}: ${text}`);
    for (const statement of statements) view.line(`  ${statementLine(statement)}`);
  }
}

function showCosts(costs: readonly FunctionCost[], view: View): void {
  if (costs.length === 0) return;
  view.line();
  view.heading(`Dollars per million calls (prices of ${PRICES.asOf}, us-east-1, without free tiers)`);
  const rows = costs.flatMap((cost) => [
    ...cost.lines.map(({ what, perCall, dollars: amount }) => [
      cost.function,
      cost.trigger,
      what,
      String(Number(perCall.toFixed(4))),
      dollars(amount),
    ]),
    [cost.function, cost.trigger, 'together', '', dollars(cost.dollars)],
  ]);
  view.table(['function', 'by', 'what', 'per call', 'dollars'], rows, 2);
  view.line(
    `What its own code uses comes on top: a million table writes of 1 KB are ${dollars(PRICES.writeUnits)}, ` +
      `reads ${dollars(PRICES.readUnits)}; --duration-ms sets how long a call takes.`,
  );
}
