import { resolve } from 'node:path';
import type { RouteResource } from '../resources/api-gateway.ts';
import type { Assembly } from '../resources/assembly.ts';
import { AssemblyError, collectProblem } from './error.ts';
import {
  checkAlarm,
  checkFunctionUrl,
  checkRoute,
  checkRule,
  keyRefusals,
  roleRefusals,
  toDestinations,
} from './permissions.ts';
import { toPlugin } from './plugins.ts';
import { resolveStacks } from './resolve-stacks.ts';
import type { Environment, ResolvedStacks, Resource } from './resource.ts';
import { toCors, toRoute, toStage } from './services/api-gateway.ts';
import { toAlarm } from './services/cloudwatch.ts';
import { customResourcesOf } from './services/custom-resource.ts';
import { tablesOf } from './services/dynamodb.ts';
import { toMapping } from './services/event-source-mapping.ts';
import { busesOf, rulesOf } from './services/events.ts';
import { rolesOf } from './services/iam.ts';
import { keysOf } from './services/kms.ts';
import { toFunction, toFunctionUrl } from './services/lambda.ts';
import { toSchedule } from './services/scheduler.ts';
import { secretsOf } from './services/secrets-manager.ts';
import { topicsOf } from './services/sns.ts';
import { queuesOf } from './services/sqs.ts';
import { readStacks } from './stacks.ts';

/**
 * Reads a synthesized assembly: templates with every reference resolved, as the lists the local services work from.
 * @throws {AssemblyError} naming everything the local runner does not know or AWS would refuse
 */
export function readAssembly(dir: string, options: Environment): Assembly {
  const stacks = resolveStacks(readStacks(dir), options);
  const problems: string[] = [];
  const all = <T>(read: (from: ResolvedStacks) => readonly T[]): readonly T[] =>
    collectProblem(problems, () => read(stacks)) ?? [];
  const each = <T>(type: string, map: (resource: Resource, from: ResolvedStacks) => T): readonly T[] =>
    stacks.ofType(type).flatMap((resource) => collectProblem(problems, () => map(resource, stacks)) ?? []);

  const assembly: Assembly = {
    dir: resolve(dir),
    region: options.region,
    accountId: options.accountId,
    functions: each('AWS::Lambda::Function', toFunction),
    roles: all(rolesOf),
    tables: all(tablesOf),
    queues: all(queuesOf),
    keys: all(keysOf),
    topics: all(topicsOf),
    alarms: each('AWS::CloudWatch::Alarm', toAlarm),
    buses: all(busesOf),
    rules: all(rulesOf),
    secrets: all(secretsOf),
    destinations: each('AWS::Lambda::EventInvokeConfig', toDestinations).flat(),
    customResources: all(customResourcesOf),
    mappings: each('AWS::Lambda::EventSourceMapping', toMapping),
    schedules: each('AWS::Scheduler::Schedule', toSchedule),
    routes: each('AWS::ApiGatewayV2::Route', toRoute),
    stage: each('AWS::ApiGatewayV2::Stage', toStage)[0],
    cors: each('AWS::ApiGatewayV2::Api', toCors).find((cors) => cors !== undefined),
    functionUrls: each('AWS::Lambda::Url', toFunctionUrl),
    plugins: stacks.metadata.flatMap((metadata) => collectProblem(problems, () => toPlugin(metadata)) ?? []),
    resources: stacks.resources.map(({ stack, logicalId, type, ref }) => ({
      stack,
      logicalId,
      type,
      physicalId: ref,
    })),
  };
  if (problems.length === 0) problems.push(...refusals(assembly, stacks));
  if (problems.length > 0) throw new AssemblyError(problems);
  return assembly;
}

/** What AWS would refuse or leave without effect once the resources are there. */
function refusals(assembly: Assembly, stacks: ResolvedStacks): readonly string[] {
  return [
    ...stacks
      .ofType('AWS::ApiGatewayV2::Route')
      .flatMap((route, index) => checkRoute(stacks, route, assembly.routes[index]!.functionArn)),
    ...duplicates(assembly.routes),
    ...stacks.ofType('AWS::Lambda::Url').flatMap((url) => checkFunctionUrl(stacks, url)),
    ...assembly.rules.flatMap((rule) => checkRule(stacks, rule, assembly)),
    ...assembly.alarms.flatMap((alarm) => checkAlarm(alarm, assembly)),
    ...keyRefusals(stacks, assembly),
    ...roleRefusals(assembly),
  ];
}

function duplicates(routes: readonly RouteResource[]): readonly string[] {
  const keys = routes.map((route) => route.key);
  return [...new Set(keys.filter((key, index) => keys.indexOf(key) !== index))].map(
    (key) => `route "${key}" is declared more than once`,
  );
}
