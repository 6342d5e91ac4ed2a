import type { Invocation } from '../invocation.ts';

/** What middy hands to a hook: `event` is our invocation, `error` what was thrown. */
export interface PipelineRequest {
  readonly event: Invocation;
  response: unknown;
  error?: unknown;
}

/** Hooks refuse by throwing; error hooks assign `request.response`, or leave it out to fail, and never return it. */
export interface Middleware {
  readonly before?: (request: PipelineRequest) => void | Promise<void>;
  readonly after?: (request: PipelineRequest) => void | Promise<void>;
  readonly onError?: (request: PipelineRequest) => void | Promise<void>;
}
