import { ownFile } from './own-files.ts';
import { GRAPHIQL, graphiql, SWAGGER_UI, swaggerFile, type ViewerPackage } from './packages.ts';

type Content = Buffer | string;

/** A page that shows what the system offers, by a package of others. */
export interface Viewer {
  readonly title: string;
  readonly path: string;
  readonly package: ViewerPackage;
  /** In the order in which they are loaded. */
  readonly styles: readonly string[];
  readonly scripts: readonly string[];
  /** What its package does beyond loading files of this origin, as a policy has it. */
  readonly allows: Readonly<Record<string, string>>;
  /** Of the package, by name. */
  readonly files: Readonly<Record<string, () => Promise<Content>>>;
}

export const openApiViewer: Viewer = {
  title: 'OpenAPI',
  path: '/dev/openapi',
  package: SWAGGER_UI,
  styles: ['swagger-ui.css', 'openapi.css'],
  scripts: ['swagger-ui-bundle.js', 'openapi.js'],
  allows: {},
  files: {
    'swagger-ui-bundle.js': () => swaggerFile('swagger-ui-bundle.js'),
    'swagger-ui.css': () => swaggerFile('swagger-ui.css'),
  },
};

export const graphqlViewer: Viewer = {
  title: 'GraphQL',
  path: '/dev/graphql',
  package: GRAPHIQL,
  styles: ['graphiql.css', 'graphql.css'],
  scripts: ['graphiql.js', 'graphql.js'],
  // The editor writes styles for its themes.
  allows: { 'style-src': "'self' 'unsafe-inline'", 'font-src': 'data:', 'worker-src': "'self'" },
  files: {
    'graphiql.js': async () => (await graphiql()).js,
    'graphiql.css': async () => (await graphiql()).css,
    // By the labels that the editor gives them.
    'editorWorkerService.worker.js': async () => (await graphiql()).editorWorkerService,
    'json.worker.js': async () => (await graphiql()).jsonWorker,
    'graphql.worker.js': async () => (await graphiql()).graphqlWorker,
  },
};

export const viewers = [openApiViewer, graphqlViewer] as const;

/** The files of the pages themselves. */
export const ownFiles: Readonly<Record<string, () => Promise<Content>>> = Object.fromEntries(
  viewers
    .flatMap(({ styles, scripts, files }) => [...styles, ...scripts].filter((name) => !(name in files)))
    .map((name) => [name, () => ownFile(name)]),
);
