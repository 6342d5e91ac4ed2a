import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundle } from '#infra/bundling/bundle.ts';
import { readAssembly } from '#infra/local/assembly/read.ts';

export interface Subject {
  readonly name: string;
  readonly directory: string;
  readonly entry: string;
  readonly exportName: string;
  readonly eventFile: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Without one, the subject is only measured at init. */
  readonly flow?: 'create' | 'list' | 'front';
}

const credentials = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  AWS_LAMBDA_FUNCTION_NAME: 'bench',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
  _X_AMZN_TRACE_ID: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0',
};

/** Every function of the assembly, and beside them what they are compared with. */
export async function subjectsOf(assemblyDir: string, workDir: string): Promise<Subject[]> {
  const events = writeEvents(workDir);
  const assembly = readAssembly(assemblyDir, { region: 'us-east-1', accountId: '000000000000' });
  const ours = assembly.functions.map((fn): Subject => {
    const [file, exportName] = splitHandler(fn.handler);
    const id = `${fn.plugin}.${fn.key}`;
    return {
      name: id,
      directory: fn.codeDir,
      entry: join(fn.codeDir, `${file}.mjs`),
      exportName,
      eventFile:
        id === 'payment.api' ? events.create : id === 'platform.graphql' ? events.graphql : events.list,
      environment: { ...credentials, ...fn.environment },
      ...(id === 'payment.api' && { flow: 'create' as const }),
      ...(id === 'simple-plugin.api' && { flow: 'list' as const }),
      ...(id === 'platform.graphql' && { flow: 'front' as const }),
    };
  });
  return [...(await builtSubjects(workDir, events)), ...ours];
}

/** Names of the subjects that are ours to compare with. */
export const BESIDE = {
  bare: 'bare handler',
  usual: 'usual stack',
  stripe: 'client-dynamodb + Stripe, best build',
  byHand: 'list by hand (client-dynamodb)',
  byHandDocuments: 'list by hand (lib-dynamodb, as the plugin)',
  rest: 'REST in place of the GraphQL front',
};

async function builtSubjects(workDir: string, events: ReturnType<typeof writeEvents>): Promise<Subject[]> {
  const root = join(import.meta.dirname, 'subjects');
  const environment = { ...credentials, ANINEEPLUS_TABLE_RECEIPTS: 'receipts', ANINEEPLUS_AUTH: 'jwt' };
  const subject = (name: string, file: string, rest: Partial<Subject>): Subject => {
    const directory = join(workDir, file);
    const entry = join(directory, `${file}.mjs`);
    return { name, directory, entry, exportName: 'handler', eventFile: events.list, environment, ...rest };
  };
  // As ours are built.
  const best = async (name: string, file: string, rest: Partial<Subject>) => {
    const made = subject(name, file, rest);
    const keep = { stripe: ['PaymentIntents', 'Balance'] };
    await bundle({ name, root, entries: [`${file}.ts`], keep, outDir: made.directory });
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
    await best(BESIDE.byHand, 'list-by-hand', { flow: 'list' }),
    await best(BESIDE.byHandDocuments, 'list-by-hand-documents', { flow: 'list' }),
    await best(BESIDE.rest, 'front-rest', { flow: 'front', eventFile: events.rest }),
  ];
}

function splitHandler(handler: string): [string, string] {
  const dot = handler.lastIndexOf('.');
  return [handler.slice(0, dot), handler.slice(dot + 1)];
}

function writeEvents(workDir: string) {
  mkdirSync(workDir, { recursive: true });
  const write = (name: string, routeKey: string, body?: string) => {
    const [method = '', path = ''] = routeKey.split(' ');
    const file = join(workDir, `${name}.json`);
    const claims = { sub: 'bench', scope: 'payments:write receipts:read' };
    const event = {
      version: '2.0',
      routeKey,
      rawPath: path,
      rawQueryString: '',
      headers: { 'content-type': 'application/json' },
      requestContext: {
        http: { method, path, sourceIp: '127.0.0.1', protocol: 'HTTP/1.1', userAgent: 'bench' },
        requestId: 'bench',
        authorizer: { jwt: { claims, scopes: null } },
      },
      isBase64Encoded: false,
      ...(body !== undefined && { body }),
    };
    writeFileSync(file, JSON.stringify(event));
    return file;
  };
  return {
    create: write('create', 'POST /payments', '{"amount":100,"currency":"usd"}'),
    list: write('list', 'GET /simple/receipts'),
    rest: write('rest', 'POST /graphql', '{"id":"pay_bench"}'),
    graphql: write('graphql', 'POST /graphql', '{"query":"{ payment(id: \\"pay_bench\\") { id status } }"}'),
  };
}
