import { resolve } from 'node:path';
import { AssemblyError, collectProblem } from './error.ts';
import { checkFunctionUrl, checkInvokeConfig, checkMapping, checkRoute, checkRule } from './permissions.ts';
import { toPlugin } from './plugins.ts';
import type { Environment, Resource } from './resource.ts';
import { toCors, toRoute } from './services/api-gateway.ts';
import { customResourcesOf } from './services/custom-resource.ts';
import { tablesOf } from './services/dynamodb.ts';
import { toMapping } from './services/event-source-mapping.ts';
import { busesOf, rulesOf } from './services/events.ts';
import { rolesOf } from './services/iam.ts';
import { splitQualifier, toFunction, toFunctionUrl } from './services/lambda.ts';
import { scheduleRefusals, toSchedule } from './services/scheduler.ts';
import { secretsOf } from './services/secrets-manager.ts';
import { queuesOf } from './services/sqs.ts';
import { readStacks } from './stacks.ts';
import type { Assembly, RouteResource } from './types.ts';
import { buildWorld, type World } from './world.ts';

/**
 * Reads a synthesized assembly: templates with every reference resolved, as the lists the local services work from.
 * @throws {AssemblyError} naming everything the local runner does not know or AWS would refuse
 */
export function readAssembly(dir: string, options: Environment): Assembly {
  const world = buildWorld(readStacks(dir), options);
  const problems: string[] = [];
  const all = <T>(read: (from: World) => readonly T[]): readonly T[] =>
    collectProblem(problems, () => read(world)) ?? [];
  const each = <T>(type: string, map: (resource: Resource, from: World) => T): readonly T[] =>
    world.ofType(type).flatMap((resource) => collectProblem(problems, () => map(resource, world)) ?? []);

  const assembly: Assembly = {
    dir: resolve(dir),
    region: options.region,
    accountId: options.accountId,
    functions: each('AWS::Lambda::Function', toFunction),
    roles: all(rolesOf),
    tables: all(tablesOf),
    queues: all(queuesOf),
    buses: all(busesOf),
    rules: all(rulesOf),
    secrets: all(secretsOf),
    customResources: all(customResourcesOf),
    mappings: each('AWS::Lambda::EventSourceMapping', toMapping),
    schedules: each('AWS::Scheduler::Schedule', toSchedule),
    routes: each('AWS::ApiGatewayV2::Route', toRoute),
    cors: each('AWS::ApiGatewayV2::Api', toCors).find((cors) => cors !== undefined),
    functionUrls: each('AWS::Lambda::Url', toFunctionUrl),
    plugins: world.templates.flatMap((metadata) => collectProblem(problems, () => toPlugin(metadata)) ?? []),
    resources: world.resources.map(({ stack, logicalId, type, ref }) => ({
      stack,
      logicalId,
      type,
      physicalId: ref,
    })),
  };
  if (problems.length === 0) problems.push(...refusals(assembly, world));
  if (problems.length > 0) throw new AssemblyError(problems);
  return assembly;
}

/** What AWS would refuse or leave without effect once the resources are there. */
function refusals(assembly: Assembly, world: World): readonly string[] {
  return [
    ...world
      .ofType('AWS::ApiGatewayV2::Route')
      .flatMap((route, index) => checkRoute(world, route, assembly.routes[index]!.functionArn)),
    ...duplicates(assembly.routes),
    ...world.ofType('AWS::Lambda::Url').flatMap((url) => checkFunctionUrl(world, url)),
    ...assembly.rules.flatMap((rule) => checkRule(world, rule, assembly.queues)),
    ...world
      .ofType('AWS::Lambda::EventInvokeConfig')
      .flatMap((config) => checkInvokeConfig(config, assembly.functions, assembly.roles)),
    ...assembly.schedules.flatMap((schedule) =>
      scheduleRefusals(schedule, assembly.roles, assembly.queues, assembly.accountId),
    ),
    ...assembly.mappings.flatMap((mapping) => {
      const fn = assembly.functions.find((one) => one.arn === splitQualifier(mapping.functionArn).arn);
      const role = assembly.roles.find((one) => one.arn === fn?.roleArn);
      return role === undefined ? [] : checkMapping(mapping, role);
    }),
  ];
}

function duplicates(routes: readonly RouteResource[]): readonly string[] {
  const keys = routes.map((route) => route.key);
  return [...new Set(keys.filter((key, index) => keys.indexOf(key) !== index))].map(
    (key) => `route "${key}" is declared more than once`,
  );
}
