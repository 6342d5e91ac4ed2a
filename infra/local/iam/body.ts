/** A request body that does not tell which resource it touches. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/** The value as an object. @throws {Unreadable} */
export function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Unreadable('not an object');
  return value as Readonly<Record<string, unknown>>;
}

/** A member that must be a non-empty string. @throws {Unreadable} */
export function text(value: unknown, key: string): string {
  const member = record(value)[key];
  if (typeof member !== 'string' || member === '') throw new Unreadable(key);
  return member;
}

/** A member that must be a list. @throws {Unreadable} */
export function items(value: unknown, key: string): readonly unknown[] {
  const member = record(value)[key];
  if (!Array.isArray(member)) throw new Unreadable(key);
  return member;
}
