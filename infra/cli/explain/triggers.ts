import { aliases, callerNamed } from '#runtime/aliases.ts';
import type { Manifest } from '#infra/manifest/schema.ts';
import type { Assembly } from '#infra/local/resources/assembly.ts';
import type { FunctionResource } from '#infra/local/resources/lambda.ts';

/** What starts a function. */
export interface Trigger {
  readonly kind: 'http' | 'graphql' | 'call' | 'webhook' | 'queue' | 'stream' | 'schedule';
  readonly text: string;
}

/** What starts a function, as the assembly has it; fields of GraphQL are the manifest's. */
export function triggersOf(fn: FunctionResource, assembly: Assembly, manifest: Manifest): readonly Trigger[] {
  const isOwn = ({ functionArn }: { readonly functionArn: string }): boolean =>
    functionArn === fn.arn || functionArn.startsWith(`${fn.arn}:`);
  const { routes, functionUrls, mappings, schedules } = assembly;
  const fields = Object.values(manifest.operations).flatMap(({ graphql, expose, function: key }) =>
    graphql && expose === 'public' && key === fn.key ? [`${graphql.kind} ${graphql.field}`] : [],
  );
  return [
    ...routes.filter(isOwn).map(({ key }): Trigger => ({ kind: 'http', text: key })),
    ...fields.map((text): Trigger => ({ kind: 'graphql', text })),
    ...functionUrls.filter(isOwn).map(({ webhook, path }): Trigger => {
      return { kind: 'webhook', text: `${webhook}, locally at ${path}` };
    }),
    ...mappings.filter(isOwn).map(({ sourceArn, batchSize }): Trigger => {
      const [service = '', name = ''] = sourceOf(sourceArn);
      return service === 'sqs'
        ? { kind: 'queue', text: `${name}, up to ${batchSize} messages` }
        : { kind: 'stream', text: `of table ${name}, up to ${batchSize} records` };
    }),
    ...schedules.filter(isOwn).map(({ key, expression }): Trigger => {
      return { kind: 'schedule', text: `${key}, ${expression}` };
    }),
    ...fn.aliases
      .filter(isCall)
      .map((alias): Trigger => ({ kind: 'call', text: `from ${callerNamed(alias)}` })),
  ];
}

const platformAliases: readonly unknown[] = Object.values(aliases);

/** Whether an alias stands for a function of another plugin. */
const isCall = (alias: string): boolean => !platformAliases.includes(alias);

/** Service and name of a queue or of a stream's table. */
function sourceOf(arn: string): readonly string[] {
  const [, , service = '', , , resource = ''] = arn.split(':');
  return [service, service === 'sqs' ? resource : (resource.split('/')[1] ?? resource)];
}
