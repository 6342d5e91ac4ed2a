import { type Machine, engineBinary, enginePackage } from './binary.ts';
import { type ContainerEngines, findContainerEngines } from './container-engine.ts';

/** What serves the tables: what the developer names, else the embedded engine, else a container. */
export type EngineChoice =
  | { readonly kind: 'endpoint'; readonly endpoint: string }
  | { readonly kind: 'embedded'; readonly packageName: string; readonly binary: string }
  | { readonly kind: 'container'; readonly program: string }
  | { readonly kind: 'none'; readonly silent: ContainerEngines['silent'] };

/** What the choice depends on. */
export interface EngineSearch {
  /** The value of `DYNAMODB_ENDPOINT`, which wins over everything that is found. */
  readonly endpoint?: string | undefined;
  /** This machine, when left out. */
  readonly machine?: Machine;
  readonly binaryOf?: (packageName: string) => string | undefined;
  readonly containerEngines?: () => Promise<ContainerEngines>;
}

/** Decides which engine serves the tables; nothing is started. */
export async function chooseEngine({
  endpoint,
  machine = process,
  binaryOf = engineBinary,
  containerEngines = findContainerEngines,
}: EngineSearch): Promise<EngineChoice> {
  if (endpoint !== undefined && endpoint !== '') return { kind: 'endpoint', endpoint };
  const packageName = enginePackage(machine);
  const binary = packageName === undefined ? undefined : binaryOf(packageName);
  if (packageName !== undefined && binary !== undefined) return { kind: 'embedded', packageName, binary };
  const { program, silent } = await containerEngines();
  return program === undefined ? { kind: 'none', silent } : { kind: 'container', program };
}
