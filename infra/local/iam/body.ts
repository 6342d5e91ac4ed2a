import { isObject, type JsonObject } from '../json.ts';

/** A request body that does not name the resource it is about. */
export class UnreadableBody extends Error {
  override readonly name = 'UnreadableBody';
}

/** The value as an object. @throws {UnreadableBody} */
export function record(value: unknown): JsonObject {
  if (!isObject(value)) throw new UnreadableBody('not an object');
  return value;
}

/** A member that must be a non-empty string. @throws {UnreadableBody} */
export function textMember(value: unknown, key: string): string {
  const member = record(value)[key];
  if (typeof member !== 'string' || member === '') throw new UnreadableBody(key);
  return member;
}

/** A member that must be a list. @throws {UnreadableBody} */
export function listMember(value: unknown, key: string): readonly unknown[] {
  const member = record(value)[key];
  if (!Array.isArray(member)) throw new UnreadableBody(key);
  return member;
}
