import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build } from 'esbuild';
import { bundle, bundleOptions } from '#infra/bundling/bundle.ts';
import { readAssembly } from '#infra/local/assembly/read.ts';
import { buildWithFurtherProvider } from './further-provider.ts';
import { writePaidPayment } from './paid-payment.ts';
import type { PaidPayment } from './paid-payment-file.ts';

export interface Subject {
  readonly name: string;
  readonly directory: string;
  readonly entry: string;
  readonly exportName: string;
  readonly eventFile: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Without one, the subject is only measured at init. */
  readonly flow?: 'create' | 'get' | 'list' | 'front' | 'webhook';
}

const credentials = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  AWS_LAMBDA_FUNCTION_NAME: 'bench',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
  _X_AMZN_TRACE_ID: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0',
};

/** What is called of the functions that are measured beyond their init. */
const FLOWS: Readonly<Record<string, Subject['flow']>> = {
  'payment.api': 'create',
  'payment.webhook-stripe': 'webhook',
  'simple-plugin.api': 'list',
  'platform.graphql': 'front',
};

/** The payment API, called to read a payment. */
export const GET = 'payment.api, get';

/** Every function of the assembly. */
export async function functionSubjects(assemblyDir: string, workDir: string): Promise<Subject[]> {
  const paidFile = join(workDir, 'paid-payment.json');
  const paid = await writePaidPayment(paidFile);
  const events = { ...writeEvents(workDir), ...writePaidEvents(workDir, paid) };
  const assembly = readAssembly(assemblyDir, { region: 'us-east-1', accountId: '000000000000' });
  const all = assembly.functions.map((fn): Subject => {
    const [file, exportName] = splitHandler(fn.handler);
    const name = `${fn.plugin}.${fn.key}`;
    const flow = FLOWS[name];
    return {
      name,
      directory: fn.codeDir,
      entry: join(fn.codeDir, `${file}.mjs`),
      exportName,
      eventFile: events[flow ?? 'list'],
      environment: { ...credentials, ...untraced(fn.environment), BENCH_PAID_PAYMENT: paidFile },
      ...(flow && { flow }),
    };
  });
  const get = all
    .filter(({ flow }) => flow === 'create')
    .map((api): Subject => {
      return { ...api, name: GET, flow: 'get', eventFile: events.get };
    });
  return [...all, ...get];
}

/** Names of the subjects that are ours to compare with. */
export const BESIDE = {
  bare: 'bare handler',
  usual: 'usual stack',
  stripe: 'client-dynamodb + Stripe, best build',
  byHand: 'list by hand (client-dynamodb)',
  byHandDocuments: 'list by hand (lib-dynamodb)',
  rest: 'REST in place of the GraphQL front',
};

/** The payment API as it would be with one provider more. */
export const FURTHER = 'payment.api with a further provider';

/** What the functions are compared with, built into `workDir`. */
export async function builtSubjects(workDir: string): Promise<Subject[]> {
  const events = writeEvents(workDir);
  const root = join(import.meta.dirname, 'subjects');
  const environment = { ...credentials, ANINEEPLUS_TABLE_RECEIPTS: 'receipts', ANINEEPLUS_AUTH: 'jwt' };
  const subject = (name: string, file: string, rest: Partial<Subject>): Subject => {
    const directory = join(workDir, file);
    const entry = join(directory, `${file}.mjs`);
    return { name, directory, entry, exportName: 'handler', eventFile: events.list, environment, ...rest };
  };
  const requestOf = ({ name, directory }: Subject, file: string) => ({
    name,
    root,
    entries: [`${file}.ts`],
    keep: { stripe: ['PaymentIntents', 'Balance'] },
    outDir: directory,
  });
  // As ours are built.
  const asOurs = async (name: string, file: string, rest: Partial<Subject>) => {
    const made = subject(name, file, rest);
    await bundle(requestOf(made, file));
    return made;
  };
  // The best that is known without changing the AWS SDK: chunks, no ESM import of built-ins, Stripe pruned.
  const best = async (name: string, file: string, rest: Partial<Subject>) => {
    const made = subject(name, file, rest);
    const { plugins = [], ...options } = bundleOptions(requestOf(made, file));
    await build({ ...options, plugins: plugins.filter((plugin) => plugin.name !== 'slim-aws') });
    return made;
  };
  // As most teams build.
  const usual = async (name: string, file: string, rest: Partial<Subject>) => {
    const made = subject(name, file, rest);
    await build({
      entryPoints: [join(root, `${file}.ts`)],
      outfile: made.entry,
      bundle: true,
      minify: true,
      platform: 'node',
      target: 'node24',
      format: 'esm',
      mainFields: ['module', 'main'],
      logLevel: 'error',
      banner: { js: 'import{createRequire as __cr}from"node:module";const require=__cr(import.meta.url);' },
    });
    return made;
  };
  return [
    await usual(BESIDE.bare, 'bare', {}),
    await usual(BESIDE.usual, 'usual', { flow: 'create', eventFile: events.create }),
    await best(BESIDE.stripe, 'dynamodb-stripe', {}),
    await asOurs(BESIDE.byHand, 'list-by-hand', { flow: 'list' }),
    await asOurs(BESIDE.byHandDocuments, 'list-by-hand-documents', { flow: 'list' }),
    await asOurs(BESIDE.rest, 'front-rest', { flow: 'front', eventFile: events.rest }),
  ];
}

/** The payment API with a third provider, in the environment of the one of the assembly. */
export async function furtherProviderSubject(api: Subject, workDir: string): Promise<Subject> {
  const directory = join(workDir, 'further-provider');
  await buildWithFurtherProvider(directory);
  const { flow: _, ...rest } = api;
  return { ...rest, name: FURTHER, directory, entry: join(directory, relative(api.directory, api.entry)) };
}

/** Without what turns tracing on: locally it is on, and on AWS off unless it is asked for. */
function untraced({
  ANINEEPLUS_TRACING: _endpoint,
  ANINEEPLUS_TRACING_RATIO: _ratio,
  ...environment
}: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return environment;
}

function splitHandler(handler: string): [string, string] {
  const dot = handler.lastIndexOf('.');
  return [handler.slice(0, dot), handler.slice(dot + 1)];
}

function eventFile(workDir: string, name: string, routeKey: string, more: object = {}): string {
  const [method = '', path = ''] = routeKey.split(' ');
  const file = join(workDir, `${name}.json`);
  const claims = { sub: 'bench', scope: 'payments:write payments:read receipts:read' };
  const event = {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: '',
    headers: { 'content-type': 'application/json' },
    requestContext: requestContext(method, path, { authorizer: { jwt: { claims, scopes: null } } }),
    isBase64Encoded: false,
    ...more,
  };
  writeFileSync(file, JSON.stringify(event));
  return file;
}

const requestContext = (method: string, path: string, more: object) => ({
  http: { method, path, sourceIp: '127.0.0.1', protocol: 'HTTP/1.1', userAgent: 'bench' },
  requestId: 'bench',
  ...more,
});

function writeEvents(workDir: string) {
  mkdirSync(workDir, { recursive: true });
  const write = (name: string, routeKey: string, body?: string) =>
    eventFile(workDir, name, routeKey, body === undefined ? {} : { body });
  return {
    create: write('create', 'POST /payments', '{"amount":100,"currency":"usd"}'),
    list: write('list', 'GET /simple/receipts'),
    rest: write('rest', 'POST /graphql', '{"id":"pay_bench"}'),
    front: write('front', 'POST /graphql', '{"query":"{ payment(id: \\"pay_bench\\") { id status } }"}'),
  };
}

function writePaidEvents(workDir: string, { id, webhook }: PaidPayment) {
  const { body, signature, receivedAtMs } = webhook;
  return {
    get: eventFile(workDir, 'get', 'GET /payments/{id}', {
      rawPath: `/payments/${id}`,
      pathParameters: { id },
    }),
    webhook: eventFile(workDir, 'webhook', 'POST /webhooks/stripe', {
      headers: { 'content-type': 'application/json', 'stripe-signature': signature },
      requestContext: requestContext('POST', '/webhooks/stripe', { timeEpoch: receivedAtMs }),
      body,
    }),
  };
}
