import type { Log } from '../contract/log.ts';

/** A log whose lines have these fields too. */
export function withFields(log: Log, common: Readonly<Record<string, unknown>>): Log {
  return {
    ...log,
    debug: (message, fields) => log.debug(message, { ...common, ...fields }),
    info: (message, fields) => log.info(message, { ...common, ...fields }),
    warn: (message, fields) => log.warn(message, { ...common, ...fields }),
    error: (message, fields) => log.error(message, { ...common, ...fields }),
  };
}
