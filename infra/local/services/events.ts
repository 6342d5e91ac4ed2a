import { randomUUID } from 'node:crypto';
import { compilePattern } from '../events/pattern.ts';
import { deniedToRule } from '../iam/service-access.ts';
import type { Assembly } from '../resources/assembly.ts';
import type { RuleResource } from '../resources/eventbridge.ts';
import type { State } from '../state/types.ts';
import { entryFailure, entriesOf, type Entry } from './events-entries.ts';
import { jsonReply, ServiceError, unknownOperation } from './reply.ts';
import type { AwsCall, AwsReply, ServiceContext } from './types.ts';

/** EventBridge's envelope: what patterns see and targets get. */
interface BusEnvelope {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

/** What an event needs to reach its queues. */
export interface PublishContext extends Pick<ServiceContext, 'assembly' | 'terminal'> {
  readonly state: Pick<State, 'bus' | 'queues' | 'transaction'>;
}

/** EventBridge: logs events, and sends them to the queues of the rules that they match. */
export async function eventBridge(call: AwsCall, context: ServiceContext): Promise<AwsReply> {
  if (call.operation !== 'PutEvents') throw unknownOperation(call);
  const entries = entriesOf(call.input);
  const results = context.state.transaction(() =>
    entries.map((entry) => {
      const failure = entryFailure(entry, context.assembly.current);
      return failure ?? { EventId: publish(entry, context).id };
    }),
  );
  return jsonReply({
    FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length,
    Entries: results,
  });
}

/**
 * Publishes one event as the developer, whom no role limits. @returns its id, and the rules that it matched
 * @throws ServiceError when EventBridge would not take it
 */
export function publishAsDeveloper(
  entry: Entry,
  context: PublishContext,
): { readonly id: string; readonly matchedRules: readonly string[] } {
  const failure = entryFailure(entriesOf({ Entries: [entry] })[0] ?? {}, context.assembly.current);
  if (failure) throw new ServiceError(failure.ErrorCode, failure.ErrorMessage);
  const { id, matched } = context.state.transaction(() => publish(entry, context));
  return { id, matchedRules: matched.map(({ name }) => name) };
}

function publish(
  entry: Entry,
  context: PublishContext,
): { readonly id: string; readonly matched: readonly RuleResource[] } {
  const assembly = context.assembly.current;
  const busName = busOf(entry);
  const envelope: BusEnvelope = {
    version: '0',
    id: randomUUID(),
    'detail-type': entry.DetailType ?? '',
    source: entry.Source ?? '',
    account: assembly.accountId,
    time: timeOf(entry)
      .toISOString()
      .replace(/\.\d+Z$/, 'Z'),
    region: assembly.region,
    resources: entry.Resources ?? [],
    detail: JSON.parse(entry.Detail ?? '{}'),
  };
  const matched = assembly.rules.filter(
    (rule) => rule.enabled && rule.busName === busName && matcherOf(rule)(envelope),
  );
  context.state.bus.append({
    id: envelope.id,
    time: new Date().toISOString(),
    source: envelope.source,
    detailType: envelope['detail-type'],
    detail: envelope.detail,
    matchedRules: matched.map((rule) => rule.name),
  });
  const body = JSON.stringify(envelope);
  for (const rule of matched) deliver(rule, body, assembly, context);
  return { id: envelope.id, matched };
}

/** Timestamps of JSON 1.1 are seconds since 1970. */
const timeOf = (entry: Entry): Date =>
  entry.Time === undefined ? new Date() : new Date(Number(entry.Time) * 1000);

const busOf = (entry: Entry): string => {
  const name = entry.EventBusName ?? 'default';
  return name.slice(name.lastIndexOf('/') + 1);
};

const matchers = new WeakMap<RuleResource, (event: unknown) => boolean>();

function matcherOf(rule: RuleResource): (event: unknown) => boolean {
  const known = matchers.get(rule);
  if (known) return known;
  const matcher = compilePattern(rule.pattern);
  matchers.set(rule, matcher);
  return matcher;
}

function deliver(rule: RuleResource, body: string, assembly: Assembly, context: PublishContext): void {
  for (const target of rule.targets) {
    const isDelivered = [target.arn, target.deadLetterArn].some((arn) => {
      const queue = assembly.queues.find((candidate) => candidate.arn === arn);
      if (!queue) return false;
      const denied = deniedToRule(queue, rule, assembly);
      if (denied === undefined) {
        context.state.queues.send(queue.name, { body, senderId: 'AIDAEVENTBRIDGE' });
        return true;
      }
      context.terminal.warn(
        `rule ${rule.name}: queue ${queue.name} does not let events.amazonaws.com send messages for this rule: ` +
          `no policy allows ${denied}`,
      );
      return false;
    });
    if (!isDelivered)
      context.terminal.warn(`rule ${rule.name}: event lost, target ${target.arn} cannot be reached`);
  }
}
