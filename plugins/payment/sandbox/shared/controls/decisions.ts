import { type Control, controlAt, type ControlInput, newest } from './control.ts';

/** One way in which something can go on: a control, and what it is given. */
export interface Choice {
  /** For a button, such as `It fails`. */
  readonly label: string;
  /** Below `/__sandbox`. */
  readonly control: string;
  readonly body: object;
}

/** What waits for a payer, a bank or the provider, or goes on as long as they want. */
export interface Decision {
  readonly kind: string;
  readonly id: string;
  readonly status: string;
  /** What it is about, such as an amount or what belongs to it. */
  readonly about: string;
  readonly choices: readonly Choice[];
}

/** A choice of a control. */
export const choice = (label: string, control: string, body: object = {}): Choice => ({
  label,
  control,
  body,
});

/** Moves the clock to a time, so that what is due then happens; nothing without such a time. */
export function untilChoice(label: string, nowMs: number, dueAtMs: number | undefined): readonly Choice[] {
  if (dueAtMs === undefined) return [];
  const seconds = Math.max(0, Math.ceil((dueAtMs - nowMs) / 1000));
  return [choice(label, 'clock', { advance: `${seconds}s` })];
}

/** `GET /__sandbox/decisions`: what can be decided now with the other controls, oldest first; `limit` leaves the newest. */
export const decisionsControl = (list: () => readonly Decision[]): Control =>
  controlAt('GET', 'decisions', ({ query }: ControlInput) => ({ decisions: newest(list(), query) }));
