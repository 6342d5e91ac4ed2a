import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { readAssembly } from '#infra/local/assembly/read.ts';

export interface Subject {
  readonly name: string;
  readonly directory: string;
  readonly entry: string;
  readonly exportName: string;
  readonly eventFile: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Without one, the subject is only measured at init. */
  readonly flow?: 'create' | 'list';
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
      eventFile: id === 'payment.api' ? events.create : events.list,
      environment: { ...credentials, ...fn.environment },
      ...(id === 'payment.api' && { flow: 'create' as const }),
      ...(id === 'simple-plugin.api' && { flow: 'list' as const }),
    };
  });
  return [...(await builtSubjects(workDir, events)), ...ours];
}

async function builtSubjects(workDir: string, events: ReturnType<typeof writeEvents>): Promise<Subject[]> {
  const sources = join(import.meta.dirname, 'subjects');
  const subject = async (name: string, file: string, splitting: boolean, rest: Partial<Subject>) => {
    const directory = join(workDir, file);
    await build({
      entryPoints: [join(sources, `${file}.ts`)],
      outdir: directory,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      minify: true,
      splitting,
      platform: 'node',
      target: 'node24',
      format: 'esm',
      mainFields: ['module', 'main'],
      logLevel: 'error',
      banner: { js: 'import{createRequire as __cr}from"node:module";const require=__cr(import.meta.url);' },
    });
    const environment = { ...credentials, ANINEEPLUS_TABLE_RECEIPTS: 'receipts' };
    const entry = join(directory, `${file}.mjs`);
    return { name, directory, entry, exportName: 'handler', eventFile: events.list, environment, ...rest };
  };
  return [
    await subject('bare handler', 'bare', false, {}),
    await subject('usual stack', 'usual', false, { flow: 'create', eventFile: events.create }),
    await subject('list by hand', 'list-by-hand', true, { flow: 'list' }),
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
  };
}
