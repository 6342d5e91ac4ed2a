import { isId, type IdPrefix } from '../engine/model/ids.ts';
import { eventText } from './event.ts';

/** Our id as a provider's object carries it, with the deployment that wrote it. */
export interface MarkedId {
  readonly id: string;
  /** Absent on objects written before deployments were recorded. */
  readonly deployment?: string | undefined;
}

const SEPARATOR = '.';

/** Id and deployment in a single field, for providers that have only one, such as PayPal's `custom_id`. */
export function markedId(id: string, deployment: string | undefined): string {
  return deployment === undefined ? id : `${id}${SEPARATOR}${deployment}`;
}

/** The parts of such a field, whoever wrote it; other systems may use the field too. */
export function splitMarkedId(text: string): MarkedId {
  const at = text.indexOf(SEPARATOR);
  return at < 0 ? { id: text } : { id: text.slice(0, at), deployment: text.slice(at + 1) };
}

/** The parts of such a field; undefined unless it holds an id of ours with this prefix. */
export function readMarkedId(prefix: IdPrefix, text: unknown): MarkedId | undefined {
  const written = eventText(text);
  const parts = written === undefined ? undefined : splitMarkedId(written);
  return parts && isId(prefix, parts.id) ? parts : undefined;
}
