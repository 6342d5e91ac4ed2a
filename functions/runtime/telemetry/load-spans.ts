import type { Log } from '../contract/log.ts';
import { duringInit } from '../during-init.ts';
import { idsOnly, type Spans, type TracingOptions } from './spans.ts';

/** Spans that may still be loading. */
export type SpanSource = () => Spans | Promise<Spans>;

/**
 * Loads OpenTelemetry's SDK during initialization where tracing is on; no function loads any of it where it is off.
 * @param options undefined: off
 */
export function loadSpans(options: TracingOptions | undefined, log: Pick<Log, 'warn'>): SpanSource {
  if (!options) return () => idsOnly;
  let loaded: Spans | undefined;
  const loading = import('./otel/otel-spans.ts')
    .then(({ createSpans }) => createSpans(options, log))
    .catch((error: unknown) => {
      log.warn('Tracing is off: OpenTelemetry could not be loaded', { error: String(error) });
      return idsOnly;
    })
    .then((spans) => (loaded = spans));
  duringInit(loading.then(() => {}));
  return () => loaded ?? loading;
}
