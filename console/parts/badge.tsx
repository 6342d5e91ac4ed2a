import type { ComponentChildren } from 'preact';

export type Tone = 'good' | 'warning' | 'bad' | 'info' | 'neutral';

/** A state in one word; its colour says no more than the word does. */
export function Badge({
  tone = 'neutral',
  children,
}: {
  readonly tone?: Tone;
  readonly children: ComponentChildren;
}) {
  return <span class={`badge ${tone}`}>{children}</span>;
}

/** Tones of the states that the API names, by state. */
const TONES: Readonly<Record<string, Tone>> = {
  ...Object.fromEntries(
    ['healthy', 'loaded', 'succeeded', 'ok', 'OK', 'resolved', 'won', 'active', 'processed'].map((state) => [
      state,
      'good',
    ]),
  ),
  ...Object.fromEntries(
    ['degraded', 'in_doubt', 'needs_review', 'requires_action', 'INSUFFICIENT_DATA', 'open', 'parked'].map(
      (state) => [state, 'warning'],
    ),
  ),
  ...Object.fromEntries(
    ['unhealthy', 'failed', 'ALARM', 'error', 'lost', 'broken', 'declined'].map((state) => [state, 'bad']),
  ),
  ...Object.fromEntries(
    ['processing', 'authorized', 'approved', 'partially_captured', 'pending'].map((state) => [state, 'info']),
  ),
};

/** A state as the API names it. */
export function StateBadge({ state }: { readonly state: string }) {
  return <Badge tone={TONES[state] ?? 'neutral'}>{state.replaceAll('_', ' ')}</Badge>;
}
