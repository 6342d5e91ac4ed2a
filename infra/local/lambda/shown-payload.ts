/** Longer events and results are not kept. */
export const PAYLOAD_KEPT_BYTES = 64 * 1024;

const SECRET_NAME = /secret|authorization|password|passwd|api_?key|token$|cookie/i;
const SECRET_TEXT =
  /\b(?:pi|seti)_\w*secret\w*|\b(?:sk|rk)_(?:test|live)_\w+|\bwhsec_[\w+/=]+|\b(?:Basic|Bearer)\s+[\w.~+/-]{6,}=*|\beyJ[\w-]*\.eyJ[\w-]*\.[\w-]*/g;
/** Members that hold JSON as text: of a request, of an answer, and of a message in a queue. */
const JSON_TEXTS = new Set(['body']);
const HIDDEN = '[redacted]';

/**
 * An event or a result as a developer may look at it: members that are named like secrets are hidden, and keys and
 * tokens inside of texts. @returns undefined for one that is too long to be kept
 */
export function shownPayload(payload: Buffer | undefined): unknown {
  if (payload === undefined || payload.length > PAYLOAD_KEPT_BYTES) return undefined;
  return shown('', readJson(payload.toString()));
}

function shown(name: string, value: unknown): unknown {
  if (value !== null && value !== undefined && typeof value !== 'object') {
    if (SECRET_NAME.test(name)) return HIDDEN;
    return typeof value === 'string' ? shownText(name, value) : value;
  }
  if (Array.isArray(value)) return value.map((item) => shown(name, item));
  if (value === null || value === undefined) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shown(key, member)]));
}

function shownText(name: string, text: string): string {
  const inner = JSON_TEXTS.has(name) ? readJson(text) : text;
  if (typeof inner === 'object' && inner !== null) return JSON.stringify(shown('', inner));
  return text.replaceAll(SECRET_TEXT, HIDDEN);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
