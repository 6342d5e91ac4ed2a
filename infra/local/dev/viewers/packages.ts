import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const { resolve } = createRequire(import.meta.url);

/** Root of the platform's own tree. */
export const PLATFORM = join(import.meta.dirname, '../../../..');

/** A viewer of others: the platform installs it for its own development alone. */
export interface ViewerPackage {
  readonly name: string;
  /** What is loaded of it. */
  readonly module: string;
}

export const SWAGGER_UI: ViewerPackage = {
  name: 'swagger-ui-dist',
  module: 'swagger-ui-dist/swagger-ui-bundle.js',
};
/** GraphiQL with its editor and the editor's workers, bundled. */
export const GRAPHIQL: ViewerPackage = {
  name: '@graphql-yoga/render-graphiql',
  module: '@graphql-yoga/render-graphiql/graphiql',
};

/** Whether the package was there when this process asked first: Node.js remembers what it did not find. */
export function isInstalled({ module }: ViewerPackage): boolean {
  try {
    resolve(module);
    return true;
  } catch {
    return false;
  }
}

/** What installs a package, in the version that was tried, without running anything of it. */
export async function installCommand({ name }: ViewerPackage): Promise<string> {
  const { devDependencies } = JSON.parse(await readFile(join(PLATFORM, 'package.json'), 'utf8')) as {
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  return `npm install --save-dev --ignore-scripts ${name}@${devDependencies[name]}`;
}

/** A file of Swagger UI. */
export const swaggerFile = (name: string): Promise<Buffer> => readFile(resolve(`${SWAGGER_UI.name}/${name}`));

/** The texts of GraphiQL's files, as its package exports them. */
interface GraphiqlFiles {
  readonly js: string;
  readonly css: string;
  readonly editorWorkerService: string;
  readonly jsonWorker: string;
  readonly graphqlWorker: string;
}

/** Its types are not asked for, so that the platform compiles where the package is not installed. */
export const graphiql = async (): Promise<GraphiqlFiles> => (await import(GRAPHIQL.module)) as GraphiqlFiles;
