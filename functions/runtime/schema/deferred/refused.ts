/** Zod has to decide: the value does not fit, or it cannot be told here. */
export const REFUSED: unique symbol = Symbol('refused');

/** What a schema makes of a value, or {@link REFUSED}. */
export type Read = (value: unknown) => unknown;

export const refuse: Read = () => REFUSED;

const SETTINGS: ReadonlySet<string> = new Set(['error', 'message', 'abort', 'path', 'params']);

/** Whether the settings of a schema or a check decide over nothing but what is said of a value that does not fit. */
export function onlyOnRefusal(settings: unknown): boolean {
  if (typeof settings !== 'object' || settings === null) return true;
  return Object.keys(settings).every((name) => SETTINGS.has(name));
}

/** An object as JSON has it, and no instance of a class. */
export function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
