import { readFileSync } from 'node:fs';
import { join, resolve as resolvePath } from 'node:path';
import { isObject, type JsonObject } from '../json.ts';
import { AssemblyError } from './error.ts';

/** One stack of the assembly as it lies on disk. */
export interface Stack {
  readonly name: string;
  readonly template: JsonObject;
  /** Object key of an asset in the asset bucket -> absolute path of its source. */
  readonly assets: ReadonlyMap<string, string>;
}

interface Artifact {
  readonly type: string;
  readonly properties: JsonObject;
  readonly dependencies: readonly string[];
}

/** Reads `manifest.json` and everything it names; stacks come after the stacks they depend on. */
export function readStacks(dir: string): readonly Stack[] {
  const manifest = readJson(join(dir, 'manifest.json'));
  const artifacts = new Map(
    Object.entries(member(manifest, 'artifacts')).map(([id, raw]) => [id, artifactOf(raw)]),
  );
  const nested = [...artifacts].filter(([, artifact]) => artifact.type === 'cdk:cloud-assembly');
  if (nested.length > 0) {
    throw new AssemblyError(
      nested.map(([id]) => `${id}: nested assemblies are not supported by the local runner`),
    );
  }
  return inDependencyOrder(artifacts)
    .map((id) => [id, artifacts.get(id)] as const)
    .filter(([, artifact]) => artifact?.type === 'aws:cloudformation:stack')
    .map(([id, artifact]) => readStack(dir, id, artifact!, artifacts));
}

function readStack(
  dir: string,
  id: string,
  artifact: Artifact,
  artifacts: ReadonlyMap<string, Artifact>,
): Stack {
  const assets = new Map<string, string>();
  for (const dependency of artifact.dependencies) {
    const manifest = artifacts.get(dependency);
    if (manifest?.type !== 'cdk:asset-manifest') continue;
    for (const [key, path] of readAssets(dir, String(manifest.properties['file']))) assets.set(key, path);
  }
  const name = artifact.properties['stackName'];
  return {
    name: typeof name === 'string' ? name : id,
    template: readJson(join(dir, String(artifact.properties['templateFile']))),
    assets,
  };
}

function readAssets(dir: string, file: string): readonly (readonly [string, string])[] {
  return Object.values(member(readJson(join(dir, file)), 'files')).flatMap((asset) => {
    const source = member(asset, 'source')['path'];
    if (typeof source !== 'string') return [];
    return Object.values(member(asset, 'destinations')).map(
      (destination) => [String((destination as JsonObject)['objectKey']), resolvePath(dir, source)] as const,
    );
  });
}

function inDependencyOrder(artifacts: ReadonlyMap<string, Artifact>): readonly string[] {
  const ordered = new Set<string>();
  const open = new Set<string>();
  const visit = (id: string): void => {
    if (ordered.has(id)) return;
    if (open.has(id))
      throw new AssemblyError([`${id}: stacks depend on each other: ${[...open].join(' -> ')}`]);
    open.add(id);
    for (const dependency of artifacts.get(id)?.dependencies ?? []) visit(dependency);
    open.delete(id);
    ordered.add(id);
  };
  for (const id of artifacts.keys()) visit(id);
  return [...ordered];
}

function artifactOf(raw: unknown): Artifact {
  const { type, properties, dependencies } = isObject(raw) ? raw : {};
  return {
    type: String(type),
    properties: isObject(properties) ? properties : {},
    dependencies: Array.isArray(dependencies) ? dependencies.map(String) : [],
  };
}

function member(value: unknown, key: string): JsonObject {
  const found = isObject(value) ? value[key] : undefined;
  return isObject(found) ? found : {};
}

function readJson(file: string): JsonObject {
  const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (!isObject(value)) throw new AssemblyError([`${file}: is not a JSON object`]);
  return value;
}
