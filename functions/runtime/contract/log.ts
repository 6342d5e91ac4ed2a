/** Structured logging, with only identifiers and codes in `fields`: never bodies, secrets or personal data. */
export interface Log {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /**
   * Adds `value`, 1 when left out, to a CloudWatch metric of unit Count. It is written in the embedded metric format
   * when the invocation ends, under the plugin's name as dimension.
   */
  count(metric: string, value?: number): void;
}
