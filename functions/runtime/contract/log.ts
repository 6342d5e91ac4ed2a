/** Structured logging, with only identifiers and codes in `fields`: never bodies, secrets or personal data. */
export interface Log {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Adds `value` to a metric of the plugin's namespace. */
  count(metric: string, value?: number): void;
}
