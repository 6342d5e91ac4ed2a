import { isServing, type LoadState } from '#runtime/lifecycle/registry-state.ts';
import type { Directory } from '../data.ts';
import type { Actor } from '../registry/audit.ts';
import type { RegistryEntry, RegistryStore } from '../registry/registry-store.ts';
import { transitionProblem } from './errors.ts';
import type { QueueMappings } from './mappings.ts';

/** Where a transition leads. */
export type Target = 'loaded' | 'unloaded';

/** A plugin between its old and its new state. */
export interface Moving {
  readonly plugin: string;
  readonly to: Target;
  /** The state before the transition, also when an earlier call has begun it. */
  readonly from: LoadState;
  /** The entry as `loading` or `unloading`. */
  readonly entry: RegistryEntry;
}

export interface MoveServices {
  readonly directory: Directory;
  readonly registry: RegistryStore;
  readonly mappings: Pick<QueueMappings, 'set'>;
}

/** Attempts to follow concurrent transitions before this one answers `transition-conflict`. */
const ROUNDS_MAX = 5;

const phaseTo = (to: Target): LoadState => (to === 'loaded' ? 'loading' : 'unloading');
const actionTo = (to: Target): string => (to === 'loaded' ? 'load' : 'unload');

/**
 * Moves a plugin to `loading` or `unloading`. A transition in the other direction that is under way is overtaken; one in
 * the same direction is joined.
 * @returns undefined when the plugin is where it should be
 * @throws ProblemError 409 `transition-conflict`
 */
export async function beginMove(
  { registry }: Pick<MoveServices, 'registry'>,
  plugin: string,
  to: Target,
  actor: Actor,
): Promise<Moving | undefined> {
  const state = phaseTo(to);
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const before = await registry.read(plugin);
    if (before.state === to) return undefined;
    if (before.state === state)
      return { plugin, to, from: to === 'loaded' ? 'unloaded' : 'loaded', entry: before };
    const entry = await registry.write(plugin, before, { state }, audited(before.state, state, to, actor));
    if (entry) return { plugin, to, from: before.state, entry };
  }
  throw transitionProblem('transition-conflict');
}

/**
 * Records the new state, or `failed` with the reason; the event source mappings are as the registry says then.
 * @returns whether this call recorded it, and not another one that joined the transition
 * @throws ProblemError 409 `transition-conflict` when a transition in the other direction has overtaken this one
 */
export async function finishMove(
  services: MoveServices,
  { plugin, to, entry: begun }: Moving,
  actor: Actor,
  failure?: string,
): Promise<boolean> {
  const { registry } = services;
  const state = failure === undefined ? to : 'failed';
  const change = { state, ...(failure !== undefined && { reason: failure }) } as const;
  // Before `loaded` is recorded: a load that stops here is `loading`, and the next call takes it to its end.
  if (state === 'loaded') await syncMappings(services, plugin);
  let entry = begun;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const written = await registry.write(plugin, entry, change, audited(entry.state, state, to, actor));
    if (written && state !== 'failed') return true;
    await syncMappings(services, plugin);
    if (written) return true;
    entry = await registry.read(plugin);
    if (entry.state === state) return false;
    // A failure is that of the transition that was begun, and not of one that has followed since.
    if (entry.state !== begun.state || failure !== undefined) break;
  }
  throw transitionProblem('transition-conflict');
}

/** Gives a plugin its old state back, because one that it depends on does not start. */
export async function revertMove(
  services: MoveServices,
  { plugin, to, from, entry }: Moving,
  actor: Actor,
): Promise<void> {
  const reverted = await services.registry.write(
    plugin,
    entry,
    { state: from, ...(entry.reason !== undefined && { reason: entry.reason }) },
    audited(entry.state, from, to, actor),
  );
  if (reverted) await syncMappings(services, plugin);
}

const audited = (before: LoadState, after: LoadState, to: Target, actor: Actor) => ({
  action: actionTo(to),
  actor,
  before: { state: before },
  after: { state: after },
});

/**
 * Sets a plugin's event source mappings as the registry says. The registry is read again afterwards, because of
 * concurrent transitions.
 */
export async function syncMappings(
  { directory, mappings, registry }: MoveServices,
  plugin: string,
): Promise<void> {
  const functions = directory.plugins.find(({ name }) => name === plugin)?.subscriptionFunctions ?? [];
  if (functions.length === 0) return;
  let isOn = isServing((await registry.read(plugin)).state);
  for (let round = 0; round < ROUNDS_MAX; round++) {
    await mappings.set(plugin, functions, isOn);
    const now = isServing((await registry.read(plugin)).state);
    if (now === isOn) return;
    isOn = now;
  }
  throw transitionProblem('transition-conflict');
}
