import { createDefinitions } from '../bundling/compose/json-schema.ts';
import type { ownPlugins } from '../bundling/compose/own-plugins.ts';
import type { PlatformRoutes } from '../bundling/compose/openapi.ts';
import { errorsSection } from './errors.ts';
import { eventsSection } from './events.ts';
import { manifestSection } from './manifest-section.ts';
import { linkTo, paragraphs, withUniqueAnchors } from './markdown.ts';
import { operationsOfPlatform, operationsOfPlugin, operationsSection, typesSection } from './operations.ts';

type Own = Awaited<ReturnType<typeof ownPlugins>>;

const CONVENTIONS = `## Conventions

- The API answers at \`http://localhost:3000\` locally, and at the output \`ApiUrl\` of the platform's stack on AWS.
- A call needs \`Authorization: Bearer <token>\` with the scope of its operation; locally a call without a token is the
  developer's, with every scope.
- A body is JSON. Members that are not in the input are refused; \`null\` for one that may be absent is the same as its absence.
- \`Idempotency-Key\` (1 to 255 characters) makes repeats of a call one: the same answer, with \`Idempotent-Replayed: true\`.
- Lists are paged by \`limit\` and \`cursor\`: the cursor of a page asks for the next, and none is left when it is \`null\`.
- The same operations are described by \`GET /openapi.json\` (OpenAPI 3.1) and by the schema of \`POST /graphql\`, whose SDL is
  [schema.graphql](../functions/platform/graphql/schema.graphql). Locally \`/dev/openapi\` and \`/dev/graphql\` show both and send calls.`;

/** plugins/API_REFERENCE.md. */
export function apiReference(
  { plugins, platform }: Own,
  routes: PlatformRoutes,
  manifestSchema: object,
): string {
  const definitions = createDefinitions();
  const ofPlugins = plugins
    .map((plugin) => ({ plugin, operations: operationsOfPlugin(plugin) }))
    .filter(({ operations }) => operations.length > 0);
  const titles = [
    'Operations of the platform',
    ...ofPlugins.map(({ plugin }) => `Operations of ${plugin.manifest.name}`),
  ];
  const sections = [
    operationsSection(
      'Operations of the platform',
      'Lists, checks, loads and unloads plugins, and reads and changes their configuration.',
      operationsOfPlatform(routes, platform.operations),
      definitions,
    ),
    ...ofPlugins.map(({ plugin, operations }) =>
      operationsSection(
        `Operations of ${plugin.manifest.name}`,
        plugin.manifest.description,
        operations,
        definitions,
      ),
    ),
  ];
  const page = paragraphs(
    '# API reference',
    '<!-- Written by `npm run schemas` from the code: change the code, not this page. -->',
    'Every operation, type, event, error and field of the manifest of this repository. `npm run schemas` writes this page ' +
      'from the code, and a test fails when it is out of date.',
    [
      `- ${linkTo('Conventions')}`,
      ...titles.map((title) => `- ${linkTo(title)}`),
      ...['Types', 'Events', 'Errors', 'The manifest'].map((title) => `- ${linkTo(title)}`),
    ].join('\n'),
    CONVENTIONS,
    '## Operations',
    ...sections,
    typesSection(definitions),
    eventsSection(plugins),
    errorsSection(plugins, platform.errors),
    manifestSection(manifestSchema),
  );
  return `${withUniqueAnchors(page)}\n`;
}
