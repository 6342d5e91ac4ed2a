import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';

/** A resource as it stands in a template. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** A template on disk. */
export interface StackTemplate {
  /** As CDK names the file: the name of the stack. */
  readonly stack: string;
  readonly path: string;
  readonly bytes: number;
  readonly resources: ReadonlyMap<string, TemplateResource>;
  readonly outputs: Readonly<Record<string, { readonly Value: unknown }>>;
}

/** @param paths absolute */
export function readTemplates(paths: readonly string[]): readonly StackTemplate[] {
  return paths.map((path) => {
    const { Resources = {}, Outputs = {} } = JSON.parse(readFileSync(path, 'utf8')) as {
      readonly Resources?: Readonly<Record<string, TemplateResource>>;
      readonly Outputs?: StackTemplate['outputs'];
    };
    return {
      stack: basename(path, '.template.json'),
      path,
      bytes: statSync(path).size,
      resources: new Map(Object.entries(Resources)),
      outputs: Outputs,
    };
  });
}

/** Resources of one type, with their logical ids. */
export const resourcesOf = (
  { resources }: StackTemplate,
  type: string,
): readonly (readonly [string, Readonly<Record<string, unknown>>])[] =>
  [...resources].flatMap(([id, { Type, Properties = {} }]) =>
    Type === type ? [[id, Properties] as const] : [],
  );
