/** How a metric is kept besides its value. */
export interface MetricOptions {
  /**
   * A dimension beside `plugin`, with a series per value besides that of the whole plugin. CloudWatch bills every series,
   * so its values have to be few and known: a provider, an outcome, never an id.
   */
  readonly by?: Readonly<Record<string, string>>;
  /** Members of the record that are no dimensions, for queries over the log: an error code, the name of a call. */
  readonly fields?: Readonly<Record<string, string | number>>;
}

/** Structured logging, with only identifiers and codes in `fields`: never bodies, secrets or personal data. */
export interface Log {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /**
   * Adds `value`, 1 when left out, to a CloudWatch metric of unit Count. It is written in the embedded metric format,
   * under the plugin's name as dimension: when the invocation ends, or at once where there are options.
   */
  count(metric: string, value?: number, options?: MetricOptions): void;
  /** The same for a metric of unit Milliseconds. */
  duration(metric: string, durationMs: number, options?: MetricOptions): void;
}
