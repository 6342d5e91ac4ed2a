import type { IncomingMessage } from 'node:http';
import type { AlarmMonitor } from '../alarms/monitor.ts';
import { readRunbook } from '../alarms/runbook.ts';
import { isRemoteIssuer, remoteKeys } from '../api-gateway/issuers.ts';
import type { LocalIssuer } from '../api-gateway/local-issuer.ts';
import { readBody } from '../http/body.ts';
import { isForeignOrigin } from '../http/origin.ts';
import { apiErrors, type HttpResponse, json } from '../http/response.ts';
import type { HttpHandler } from '../http/server.ts';
import type { FaultInjector } from '../lambda/faults.ts';
import type { InvocationLog } from '../lambda/invocations.ts';
import { PROMETHEUS_TYPE, prometheusText } from '../metrics/exposition.ts';
import { operationMetrics } from '../metrics/operation-series.ts';
import type { MetricStore } from '../metrics/store.ts';
import type { ClockControl } from '../schedules/clock-control.ts';
import { publishAsDeveloper, type PublishContext } from '../services/events.ts';
import { ServiceError } from '../services/reply.ts';
import type { State } from '../state/types.ts';
import type { TraceStore } from '../traces/trace-store.ts';
import type { Functions } from '../types.ts';
import { eventStream } from './event-stream.ts';
import {
  BadInputError,
  parseAdvance,
  parseAlarmQuery,
  parseConfig,
  parseEvent,
  parseFault,
  parsePermission,
  parseSeriesQuery,
  parseStreamQuery,
  parseTokenRequest,
} from './input.ts';
import type { PermissionControl } from './permissions.ts';
import { forgotten, invoke, summaryOf } from './invocations.ts';
import { storeConfig } from './plugin-config.ts';
import { resourceGraph } from './resource-graph.ts';
import { askSandbox, type SandboxAddress } from './sandboxes.ts';
import { schemaText, viewerFile, viewerPage } from './viewers/pages.ts';
import { graphqlViewer, openApiViewer } from './viewers/viewers.ts';

/** What the `/dev` endpoints read and control. */
export interface DevApiOptions extends PublishContext {
  readonly state: PublishContext['state'] & Pick<State, 'secrets'>;
  readonly functions: Functions;
  readonly invocations: InvocationLog;
  readonly traces: TraceStore;
  readonly faults: FaultInjector;
  readonly time: ClockControl;
  readonly permissions: PermissionControl;
  readonly metrics: MetricStore;
  readonly alarms: AlarmMonitor;
  readonly issuer: LocalIssuer;
  /** Where the project is, whose files runbooks are. */
  readonly rootDir: string;
  /** Scopes of a token that names none. */
  readonly allScopes: () => readonly string[];
  /** Those that run; none before they have started. */
  readonly sandboxes: () => readonly SandboxAddress[];
}

type Endpoint = (
  options: DevApiOptions,
  query: URLSearchParams,
  body: Buffer,
  /** Parameters of the path, by name. */
  parameters: Readonly<Record<string, string>>,
  request: IncomingMessage,
) => Promise<HttpResponse> | HttpResponse;

/** As much as EventBridge takes, and a little more for JSON in JSON. */
const BODY_MAX_BYTES = 512 * 1024;
const NO_CONTENT: HttpResponse = { status: 204, headers: {}, body: '' };
const TOKEN_LIFETIME_SECONDS = 3600;

/** Where functions read the keys that their callers' tokens are signed with. */
export const JWKS_PATH = '/dev/issuer/.well-known/jwks.json';

const endpoints: Readonly<Record<string, Endpoint>> = {
  'GET /dev/events': ({ state }, query) =>
    json(200, {
      events: state.bus.query({
        type: given(query, 'type'),
        since: given(query, 'since'),
        aggregate: given(query, 'aggregate'),
      }),
    }),
  'GET /dev/events/stream': ({ state }, query, _body, _parameters, { headers }) =>
    eventStream(state.bus, parseStreamQuery(query, headers['last-event-id'])),
  'POST /dev/events': (options, _query, body) =>
    json(201, publishAsDeveloper(parseEvent(body, options.assembly.current.buses), options)),
  'PUT /dev/config': ({ assembly, state }, _query, body) => {
    storeConfig(parseConfig(body), assembly.current, state);
    return { status: 204, headers: {}, body: '' };
  },
  'GET /dev/queues': ({ assembly, state }) =>
    json(200, {
      queues: assembly.current.queues.map(({ name }) => ({ name, ...state.queues.counts(name) })),
    }),
  'POST /dev/invoke': invoke,
  'GET /dev/invocations': ({ invocations }, query) => {
    const wanted = given(query, 'function');
    const all = invocations.list().filter((record) => wanted === undefined || record.function === wanted);
    return json(200, { invocations: query.has('summary') ? all.map(summaryOf) : all });
  },
  'GET /dev/invocations/{id}': ({ invocations }, _query, _body, { id = '' }) => {
    const found = invocations.get(id);
    return found === undefined ? forgotten(id) : json(200, found);
  },
  'GET /dev/traces': ({ traces }, query) => json(200, { traces: traces.list(Object.fromEntries(query)) }),
  'GET /dev/traces/{id}': ({ traces }, _query, _body, { id = '' }) => {
    const found = traces.get(id);
    if (found !== undefined) return json(200, found);
    return json(404, { message: `there is no trace ${id}: see GET /dev/traces` });
  },
  'GET /dev/resources': ({ assembly }) => json(200, { resources: assembly.current.resources }),
  'GET /dev/resources/graph': ({ assembly }) => json(200, resourceGraph(assembly.current)),
  'GET /dev/sandboxes': ({ sandboxes }) => json(200, { sandboxes: sandboxes() }),
  'ANY /dev/sandboxes/{name}/{path+}': ({ sandboxes }, _query, body, { name = '', path = '' }, request) =>
    askSandbox(sandboxes(), { request, name, path, body }),
  'GET /dev/openapi': ({ assembly }) => viewerPage(openApiViewer, assembly.current),
  'GET /dev/graphql': ({ assembly }) => viewerPage(graphqlViewer, assembly.current),
  'GET /dev/schema.graphql': ({ assembly }) => schemaText(assembly.current),
  'GET /dev/viewers/{file}': (_options, _query, _body, { file = '' }) => viewerFile(file),
  'GET /dev/issuer/.well-known/jwks.json': publishKeys,
  'POST /dev/token': mintToken,
  'GET /dev/faults': ({ faults }) => json(200, { faults: faults.list() }),
  'POST /dev/faults': ({ faults, assembly }, _query, body) =>
    json(201, { id: faults.add(parseFault(body, assembly.current.functions)) }),
  'DELETE /dev/faults': ({ faults }) => {
    faults.clear();
    return NO_CONTENT;
  },
  'GET /dev/permissions': ({ permissions }) => json(200, { permissions: permissions.list() }),
  'POST /dev/permissions': ({ permissions }, _query, body) => {
    const refused = permissions.withdraw(parsePermission(body));
    if (refused !== undefined) return json(201, { refused });
    return json(404, { message: 'no role has this permission: see GET /dev/permissions' });
  },
  'DELETE /dev/permissions': ({ permissions }) => {
    permissions.restore();
    return NO_CONTENT;
  },
  'GET /dev/clock': ({ time }) => json(200, time.view()),
  'POST /dev/clock': async ({ time }, _query, body) => json(200, await time.advance(parseAdvance(body))),
  'GET /dev/metrics': ({ metrics, alarms }) => {
    // Levels, such as the messages of a queue, are measured when somebody looks.
    alarms.evaluate();
    return { status: 200, headers: { 'content-type': PROMETHEUS_TYPE }, body: prometheusText(metrics) };
  },
  'GET /dev/metrics/series': ({ metrics }, query) =>
    json(200, operationMetrics(metrics, parseSeriesQuery(query, metrics.nowMs()))),
  'GET /dev/alarms/{name}/runbook': async ({ alarms, rootDir }, _query, _body, { name = '' }) => {
    const { runbook } = alarms.alarms().find((one) => one.name === name) ?? {};
    const text = runbook?.startsWith('https://') === false ? await readRunbook(rootDir, runbook) : undefined;
    if (text !== undefined) return json(200, { runbook, text });
    return json(404, { message: `there is no alarm ${name} whose runbook is in this project` });
  },
  'GET /dev/alarms': ({ alarms }, query) => {
    const { state, plugin } = parseAlarmQuery(query);
    alarms.evaluate();
    const shown = alarms
      .alarms()
      .filter((one) => (state ?? one.state) === one.state && (plugin ?? one.plugin) === one.plugin);
    return json(200, { alarms: shown, notifications: alarms.notifications() });
  },
  'POST /dev/schedules/{plugin}/{name}/run': async ({ time }, _query, _body, { plugin = '', name = '' }) => {
    const run = await time.run(plugin, name);
    if (run !== undefined) return json(200, run);
    return json(404, { message: `there is no schedule ${plugin}/${name}` });
  },
};

/** The endpoints with what their keys stand for, as API Gateway reads them: `ANY` method, the rest of a path as `{path+}`. */
const patterns = Object.entries(endpoints).map(([key, endpoint]) => ({ pattern: patternOf(key), endpoint }));

function patternOf(key: string): RegExp {
  const source = key
    .replaceAll('.', '\\.')
    .replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')
    .replaceAll(/\{(\w+)\+\}/g, '(?<$1>.*)')
    .replace(/^ANY /, '[A-Z]+ ');
  return new RegExp(`^${source}$`);
}

/** The endpoints of the local system alone; no template has them. @returns undefined for any other path */
export function createDevApi(options: DevApiOptions): (path: string) => HttpHandler | undefined {
  return (path) =>
    path === '/dev' || path.startsWith('/dev/') ? (...args) => serveEndpoint(options, ...args) : undefined;
}

async function serveEndpoint(
  options: DevApiOptions,
  request: IncomingMessage,
  path: string,
  query: string,
): Promise<HttpResponse> {
  // A page of the web must not read events or mint tokens through the developer's browser.
  if (isForeignOrigin(request)) return apiErrors.forbidden;
  const asked = `${request.method} ${path}`;
  const found = patterns.find(({ pattern }) => pattern.test(asked));
  if (found === undefined)
    return { status: 404, headers: { 'content-type': 'text/plain' }, body: 'Not found\n' };
  try {
    const parameters = found.pattern.exec(asked)?.groups ?? {};
    const body = await readBody(request, BODY_MAX_BYTES);
    return await found.endpoint(options, new URLSearchParams(query), body, parameters, request);
  } catch (error) {
    if (error instanceof BadInputError || error instanceof ServiceError)
      return json(400, { code: error.code, message: error.message });
    throw error;
  }
}

const given = (query: URLSearchParams, name: string): string | undefined => query.get(name) ?? undefined;

/** This machine's keys, and those of an issuer on the internet when the API takes its tokens. */
async function publishKeys({ assembly, issuer }: DevApiOptions): Promise<HttpResponse> {
  const remote = assembly.current.routes.find((route) => isRemoteIssuer(route.issuer))?.issuer;
  // Without the network the tokens of this machine still work.
  const keys = remote === undefined ? [] : await remoteKeys(remote).catch(() => []);
  return json(200, { keys: [...issuer.jwks.keys, ...keys] });
}

async function mintToken(
  { assembly, issuer, allScopes }: DevApiOptions,
  _query: URLSearchParams,
  body: Buffer,
) {
  const { sub, tenant, scopes = allScopes() } = parseTokenRequest(body);
  const route = assembly.current.routes.find((candidate) => candidate.auth === 'jwt');
  if (route?.issuer === undefined) return json(409, { message: 'the API takes no tokens (auth is "none")' });
  const token = await issuer.mint(
    { sub, tenant, scope: scopes.join(' ') },
    { issuer: route.issuer, audience: route.audience[0] ?? '', expiresInSeconds: TOKEN_LIFETIME_SECONDS },
  );
  return json(200, { token, expiresIn: TOKEN_LIFETIME_SECONDS });
}
