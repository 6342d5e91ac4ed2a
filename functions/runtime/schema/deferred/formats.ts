import { onlyOnRefusal, type Read, REFUSED } from './refused.ts';
import type { Maker } from './schema.ts';

const DATE = /^\d{4}-(\d\d)-(\d\d)$/;
const UTC = /^\d{4}-(\d\d)-(\d\d)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?Z$/;
const SHORT_MONTHS: ReadonlySet<string> = new Set(['04', '06', '09', '11']);

/** Days that every year has; what is rare is left to Zod. */
function isDay(month = '', day = ''): boolean {
  if (month < '01' || month > '12' || day < '01') return false;
  if (month === '02') return day <= '28';
  return day <= (SHORT_MONTHS.has(month) ? '30' : '31');
}

const matching =
  (pattern: RegExp): Read =>
  (value) => {
    const match = typeof value === 'string' ? pattern.exec(value) : null;
    return match && isDay(match[1], match[2]) ? value : REFUSED;
  };

const date = matching(DATE);
const utcTime = matching(UTC);

/** Zod takes away spaces at the ends, and line breaks. */
const url: Read = (value) =>
  typeof value === 'string' && /^\S+$/.test(value) && URL.canParse(value) ? value : REFUSED;

/** What a format makes of a text; undefined for no format, and for settings that allow less. */
export function formatOf(maker: Maker, settings: unknown): Read | undefined {
  if (maker === 'url') return onlyOnRefusal(settings) ? url : undefined;
  if (maker === 'iso.date') return onlyOnRefusal(settings) ? date : undefined;
  if (maker !== 'iso.datetime') return undefined;
  const { offset: _allowsMore, ...others } = Object(settings) as { readonly offset?: unknown };
  return onlyOnRefusal(others) ? utcTime : undefined;
}
