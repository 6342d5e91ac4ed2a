import type { Throttle } from '#infra/deployment/deployment.ts';
import { createDefinitions, withReferencesTo } from './json-schema.ts';
import { errorResponses, problemSchema, sharedResponses } from './openapi-errors.ts';
import { graphqlOperation, platformAnswers } from './openapi-platform.ts';
import type { ComposedPlugin } from './composed-plugin.ts';
import type { DescribedError, DescribedOperation, JsonSchema } from './types.ts';

/**
 * The throttled answer is API Gateway's own and no problem document. It stands here, because clients that are generated
 * from a response without `code` would know of no refusal for certain that it has one.
 */
const DESCRIPTION =
  'Every public operation of the plugins of this deployment, and of the platform itself. Each may also answer 429 with ' +
  '`{"message":"Too Many Requests"}`, without `code` and without `Retry-After`: its route took more requests than it may.';

const COMPONENTS = '#/components/schemas/';

interface Route {
  readonly method: string;
  readonly path: string;
  readonly scope?: string | undefined;
  /** Needs no token, whatever the API demands. */
  readonly publicReason?: string;
  /** As the deployment has it for every route when left out. */
  readonly throttle?: Throttle | undefined;
}

/** Routes of the platform's own functions, by operation key. */
export type PlatformRoutes = Readonly<Record<string, Route>>;

interface Entry extends Route {
  readonly operationId: string;
  readonly tag: string;
  readonly operation: DescribedOperation;
}

function parameters(entry: Entry, input: JsonSchema, inPath: readonly string[]): unknown[] {
  const inQuery = entry.method === 'GET' || entry.method === 'DELETE';
  const members = Object.entries(input.properties ?? {});
  const example = entry.operation.example?.input;
  const given: object[] = members
    .filter(([name]) => inQuery || inPath.includes(name))
    .map(([name, { description, ...schema }]) => ({
      name,
      in: inPath.includes(name) ? 'path' : 'query',
      required: inPath.includes(name) || (input.required?.includes(name) ?? false),
      ...(description && { description }),
      schema,
      ...(example?.[name] !== undefined && { example: example[name] }),
    }));
  if (entry.operation.conditional) {
    given.push({
      name: 'If-Match',
      in: 'header',
      required: true,
      description: 'The ETag of what is changed; another version in force is 412.',
      schema: { type: 'string' },
    });
  }
  if (entry.operation.idempotency !== 'key') return given;
  const key = {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description: 'Repeats of the call with the same key have one effect and the same answer.',
    schema: { type: 'string', minLength: 1, maxLength: 255 },
  };
  return [...given, key];
}

function requestBody(entry: Entry, input: JsonSchema, inPath: readonly string[]): object {
  if (entry.method === 'GET' || entry.method === 'DELETE') return {};
  const { bodyMember, example: call } = entry.operation;
  if (bodyMember !== undefined) {
    const schema = input.properties?.[bodyMember];
    const content = { 'application/json': { schema, ...(call && { example: call.input[bodyMember] }) } };
    return { requestBody: { required: true, content } };
  }
  const { properties = {}, required = [], ...rest } = input;
  const body = Object.entries(properties).filter(([name]) => !inPath.includes(name));
  if (body.length === 0) return {};
  const needed = required.filter((name) => !inPath.includes(name));
  const schema = {
    ...rest,
    properties: Object.fromEntries(body),
    ...(needed.length > 0 && { required: needed }),
  };
  const given = Object.entries(entry.operation.example?.input ?? {});
  const shown = Object.fromEntries(given.filter(([name]) => !inPath.includes(name)));
  const example = entry.operation.example && { example: shown };
  const content = { 'application/json': { schema, ...example } };
  return { requestBody: { required: needed.length > 0, content } };
}

function operationObject(
  entry: Entry,
  input: JsonSchema,
  output: JsonSchema,
  platformErrors: Readonly<Record<string, DescribedError>>,
  secured: boolean,
): object {
  const inPath = [...entry.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  const { summary, description, successStatus, errors, example } = entry.operation;
  const given = parameters(entry, input, inPath);
  return {
    operationId: entry.operationId,
    tags: [entry.tag],
    summary,
    ...(description && { description }),
    ...(secured && { security: entry.publicReason ? [] : [{ token: entry.scope ? [entry.scope] : [] }] }),
    ...(given.length > 0 && { parameters: given }),
    ...requestBody(entry, input, inPath),
    responses: {
      [String(successStatus)]: {
        description: 'Done',
        content: { 'application/json': { schema: output, ...(example && { example: example.output }) } },
      },
      ...errorResponses(platformErrors, errors),
    },
  };
}

function pluginEntries(plugins: readonly ComposedPlugin[]): Entry[] {
  return plugins.flatMap(({ manifest, description }) =>
    Object.entries(manifest.operations).flatMap(([operationId, { http, scope, expose }]) => {
      const operation = description.operations[operationId];
      return http && operation && expose === 'public'
        ? [{ ...http, scope, operationId, tag: manifest.name, operation }]
        : [];
    }),
  );
}

function platformEntries(
  routes: PlatformRoutes,
  described: Readonly<Record<string, DescribedOperation>>,
): Entry[] {
  return Object.entries(routes).map(([operationId, route]) => {
    const operation = operationId === 'graphql' ? graphqlOperation : described[operationId];
    if (!operation) throw new Error(`the platform operation "${operationId}" is missing in its code`);
    const output = platformAnswers[operationId] ?? operation.output;
    return { ...route, operationId, tag: 'platform', operation: { ...operation, output } };
  });
}

/** Of a local system; the function of a deployed one answers with the address of its API instead. */
const servers = [
  { url: '/', description: 'Where this document was read' },
  { url: 'http://localhost:3000', description: 'npm start' },
];

const tagsOf = (plugins: readonly ComposedPlugin[]) => [
  {
    name: 'platform',
    description: 'Lists, checks, loads and unloads plugins; GraphQL and OpenAPI for all of them.',
  },
  ...plugins.map(({ manifest: { name, description } }) => ({ name, description })),
];

/** The platform's own part of the document. */
interface PlatformPart {
  readonly version: string;
  readonly routes: PlatformRoutes;
  readonly operations: Readonly<Record<string, DescribedOperation>>;
  readonly errors: Readonly<Record<string, DescribedError>>;
}

/** Builds the OpenAPI 3.1 document of every public HTTP route, the platform's own included. */
export function openApiOf(
  plugins: readonly ComposedPlugin[],
  platform: PlatformPart,
  secured: boolean,
): object {
  const definitions = createDefinitions();
  const paths: Record<string, Record<string, object>> = {};
  for (const entry of [...platformEntries(platform.routes, platform.operations), ...pluginEntries(plugins)]) {
    const taken = definitions.take(entry.operation.input);
    const input = definitions.resolve(taken)?.schema ?? taken;
    const output = definitions.take(entry.operation.output);
    (paths[entry.path] ??= {})[entry.method.toLowerCase()] = operationObject(
      entry,
      withReferencesTo(COMPONENTS, input),
      withReferencesTo(COMPONENTS, output),
      platform.errors,
      secured,
    );
  }
  const schemas = withReferencesTo(COMPONENTS, {
    ...definitions.all(),
    Problem: problemSchema,
  });
  return {
    openapi: '3.1.0',
    info: {
      title: 'AnineePlus Plugins',
      version: platform.version,
      description: DESCRIPTION,
      license: { name: 'Apache License 2.0', identifier: 'Apache-2.0' },
      contact: { name: 'AnineePlus' },
    },
    servers,
    tags: tagsOf(plugins),
    // Callers are anonymous, as the context has it written out.
    ...(!secured && { security: [] }),
    paths,
    components: {
      schemas,
      responses: sharedResponses(platform.errors),
      ...(secured && {
        securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      }),
    },
  };
}
