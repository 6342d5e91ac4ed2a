import { isDeepStrictEqual } from 'node:util';
import type { Assembly } from '../resources/assembly.ts';
import type { TableResource } from '../resources/dynamodb.ts';
import type { EventSourceMappingResource } from '../resources/lambda.ts';
import type { QueueResource } from '../resources/sqs.ts';
import { startQueuePoller } from './queue.ts';
import { missingActions } from './role.ts';
import { startStreamPoller } from './stream.ts';
import { streamTrimmer, type StreamTrimmer } from './trim.ts';
import type { Poller, PollerContext } from './types.ts';

/** The running event source mappings. */
export interface Pollers {
  /** Applies a new assembly: mappings that did not change keep their pollers. */
  apply(assembly: Assembly): Promise<void>;
  stop(): Promise<void>;
}

interface Running {
  readonly mapping: EventSourceMappingResource;
  readonly source: Source;
  readonly poller: Poller;
}

type Source = QueueResource | TableResource | undefined;

/** Runs the assembly's event source mappings, and switches them as `UpdateEventSourceMapping` says. */
export async function startPollers(context: PollerContext): Promise<Pollers> {
  let assembly = context.assembly;
  let stopped = false;
  const running = new Map<string, Running>();
  const trimmer = streamTrimmer(context, () => assembly);
  const { state, engine, functions, awsMetrics, terminal } = context;
  const current: PollerContext = {
    state,
    engine,
    functions,
    awsMetrics,
    terminal,
    get assembly() {
      return assembly;
    },
  };

  const follow = async (): Promise<void> => {
    const wanted = new Map(
      assembly.mappings
        .filter((mapping) => !stopped && (context.state.mappings.enabled(mapping.id) ?? mapping.enabled))
        .map((mapping) => [mapping.id, mapping]),
    );
    const ended = [...running].filter(
      ([id, one]) =>
        !isDeepStrictEqual(one.mapping, wanted.get(id)) ||
        !isDeepStrictEqual(one.source, sourceOf(assembly, one.mapping)),
    );
    await Promise.all(
      ended.map(async ([id, one]) => {
        running.delete(id);
        await one.poller.stop();
      }),
    );
    for (const [id, mapping] of wanted) {
      if (running.has(id)) continue;
      const poller = tryStart(mapping, current, trimmer);
      if (poller) running.set(id, { mapping, source: sourceOf(assembly, mapping), poller });
    }
  };

  // Changes are applied one after the other.
  let last: Promise<void> = Promise.resolve();
  const next = (): Promise<void> => (last = last.then(follow, follow));
  const unlisten = context.state.mappings.onChange(() => {
    next().catch((error: unknown) => context.terminal.error(`pollers: ${String(error)}`));
  });
  await next();
  return {
    apply(replacement) {
      assembly = replacement;
      return next();
    },
    async stop() {
      stopped = true;
      unlisten();
      await next();
      trimmer.stop();
    },
  };
}

const sourceQueueOf = (assembly: Assembly, mapping: EventSourceMappingResource) =>
  assembly.queues.find((candidate) => candidate.arn === mapping.sourceArn);

const sourceTableOf = (assembly: Assembly, mapping: EventSourceMappingResource) =>
  assembly.tables.find((candidate) => candidate.streamArn === mapping.sourceArn);

const sourceOf = (assembly: Assembly, mapping: EventSourceMappingResource): Source =>
  sourceQueueOf(assembly, mapping) ?? sourceTableOf(assembly, mapping);

/** A mapping that cannot start, e.g. for a malformed filter, must not stop the others. */
function tryStart(...args: Parameters<typeof startPoller>): Poller | undefined {
  const [mapping, { terminal }] = args;
  try {
    return startPoller(...args);
  } catch (error) {
    terminal.error(`event source mapping of ${mapping.functionArn}: ${String(error)}`);
    return undefined;
  }
}

function startPoller(
  mapping: EventSourceMappingResource,
  context: PollerContext,
  trimmer: StreamTrimmer,
): Poller | undefined {
  const { assembly, terminal } = context;
  const missing = missingActions(assembly, mapping);
  if (missing.length > 0) {
    terminal.error(
      `${mapping.functionArn} cannot read ${mapping.sourceArn}: its role lacks ${missing.join(', ')}`,
    );
    return undefined;
  }
  const queue = sourceQueueOf(assembly, mapping);
  if (queue) return startQueuePoller(mapping, queue, context);
  const table = sourceTableOf(assembly, mapping);
  if (table) return startStreamPoller(mapping, table, context, (arn) => trimmer.progressed(table.name, arn));
  terminal.error(
    `event source ${mapping.sourceArn} of ${mapping.functionArn} is neither a queue nor a stream`,
  );
  return undefined;
}
