import { isObject, type JsonObject } from '../json.ts';

/** A request body that does not tell which resource it touches. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/** The value as an object. @throws {Unreadable} */
export function record(value: unknown): JsonObject {
  if (!isObject(value)) throw new Unreadable('not an object');
  return value;
}

/** A member that must be a non-empty string. @throws {Unreadable} */
export function textMember(value: unknown, key: string): string {
  const member = record(value)[key];
  if (typeof member !== 'string' || member === '') throw new Unreadable(key);
  return member;
}

/** A member that must be a list. @throws {Unreadable} */
export function listMember(value: unknown, key: string): readonly unknown[] {
  const member = record(value)[key];
  if (!Array.isArray(member)) throw new Unreadable(key);
  return member;
}
