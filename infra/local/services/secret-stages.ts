import type { SecretStore } from '../state/types.ts';

/** Puts a stage on a version. The version that loses AWSCURRENT becomes AWSPREVIOUS. */
export function moveStage(store: SecretStore, name: string, stage: string, versionId: string): void {
  const holder = store.staged(name, stage);
  store.moveStage(name, stage, versionId);
  if (stage !== 'AWSCURRENT') return;
  if (holder && holder.versionId !== versionId) store.moveStage(name, 'AWSPREVIOUS', holder.versionId);
}
