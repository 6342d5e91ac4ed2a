import { isId, type IdPrefix } from '../engine/model/ids.ts';

/** An id of ours as a provider's object carries it, with the deployment that wrote it. */
export interface MarkedId {
  readonly id: string;
  /** Absent on objects from before deployments were written down. */
  readonly deployment?: string | undefined;
}

const SEPARATOR = '.';

/** Id and deployment in the one field that a provider has for both, such as PayPal's `custom_id`. */
export function markedId(id: string, deployment: string | undefined): string {
  return deployment === undefined ? id : `${id}${SEPARATOR}${deployment}`;
}

/** The parts of such a field, whoever wrote it. */
export function splitMarkedId(text: string): MarkedId {
  const at = text.indexOf(SEPARATOR);
  return at < 0 ? { id: text } : { id: text.slice(0, at), deployment: text.slice(at + 1) };
}

/** The parts of such a field; undefined for what is no id of ours of that kind. */
export function readMarkedId(prefix: IdPrefix, text: unknown): MarkedId | undefined {
  const parts = typeof text === 'string' ? splitMarkedId(text) : undefined;
  return parts && isId(prefix, parts.id) ? parts : undefined;
}
