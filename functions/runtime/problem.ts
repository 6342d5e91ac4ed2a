import { ConfigError } from './lifecycle/config-error.ts';
import { platformProblem, ProblemError } from './contract/errors.ts';
import { causes } from './error-causes.ts';
import { PluginLoadError } from './lifecycle/plugin-load-error.ts';
import { redactText } from './redact.ts';
import { thrownAt, withPlace } from './telemetry/thrown-at.ts';

/** Members that only the problem itself may set; `requestId` may be that of the answer which a replay repeats. */
const RESERVED = new Set(['type', 'title', 'status', 'detail', 'code', 'instance']);

const PROBLEM_TYPE_BASE = 'https://anineeplus.dev/problems/';

/** A refusal as an adapter sends it: RFC 9457 document, status and headers. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
}

/** Whether a problem is a fault of ours: neither a mistake of the client nor a plugin unloaded on purpose. */
export const isFault = ({ status, code }: Pick<Problem, 'status' | 'code'>): boolean =>
  status >= 500 && code !== 'plugin-unloaded';

interface ProblemContext {
  readonly stage: string;
  readonly requestId: string;
  readonly instance: string | undefined;
  /** The plugin's folder where the stage has source maps, see {@link thrownAt}. */
  readonly sourceFolder?: string | undefined;
}

/** The problem that an error becomes; the message of an unexpected error is shown on the stage `local` only. */
export function problemOf(error: unknown, context: ProblemContext): Problem {
  const { requestId, instance } = context;
  const known = knownProblem(error, context);
  return {
    status: known.status,
    code: known.code,
    headers: known.headers,
    body: {
      type: `${PROBLEM_TYPE_BASE}${known.code}`,
      title: known.title,
      status: known.status,
      ...(known.detail !== undefined && { detail: known.detail }),
      code: known.code,
      // A path is the client's text too.
      ...(instance !== undefined && { instance: redactText(instance) }),
      requestId,
      ...Object.fromEntries(Object.entries(known.extensions).filter(([name]) => !RESERVED.has(name))),
    },
  };
}

function knownProblem(error: unknown, { stage, sourceFolder }: ProblemContext): ProblemError {
  if (error instanceof ProblemError) {
    // An unreadable registry is often a missing permission, and that is what the developer has to see.
    if (error.code !== 'registry-unavailable') return error;
  }
  const chain = causes(error);
  const denied = chain.find((cause) => (cause as Error).name === 'AccessDeniedException');
  const detail = (cause: unknown, at?: string) => {
    const text = cause instanceof Error ? cause.message : String(cause);
    return stage === 'local' ? { detail: redactText(withPlace(text, at)) } : {};
  };
  if (denied) return platformProblem('access-denied', { ...detail(denied), cause: error });
  if (error instanceof ProblemError) return error;
  const at = thrownAt(error, sourceFolder);
  const unable = chain.find((cause) => cause instanceof PluginLoadError || cause instanceof ConfigError);
  if (unable) return platformProblem('plugin-unhealthy', { ...detail(unable, at), cause: error });
  // The message of an unexpected error may hold anything, so it is shown by the local runner only.
  const shown = sourceFolder === undefined ? {} : detail(error, at);
  return platformProblem('internal-error', { ...shown, cause: error });
}
