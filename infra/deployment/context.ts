import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Auth, Deployment } from '#infra/deployment/deployment.ts';
import { alarmReceiversOf } from './alarm-context.ts';
import { ContextError } from './context-error.ts';
import { consoleOf } from './console-context.ts';
import { corsOf } from './cors-context.ts';
import { type Account, keyOf } from './key-context.ts';
import { debugSampleRateOf, tracingOf } from './telemetry-context.ts';
import { throttleOf } from './throttle-context.ts';

const LOCAL_AUTH: Auth = {
  kind: 'jwt',
  issuer: 'https://local.anineeplus.dev/',
  audience: ['anineeplus-local'],
};

const NO_AUTH = `stage "%s" has no authentication. Say in cdk.json (or with -c) who issues the tokens:
  "context": { "stage": "%s", "auth": { "issuer": "https://idp.example.com/", "audience": ["my-api"] } }
or write out that the API is open to everyone: "auth": "none"`;

/** Without hyphens: what begins with the name of one stage would be the name of something in another. */
const stageName = z
  .string()
  .regex(/^[a-z][a-z0-9]{0,15}$/, 'lower case letters and digits, a letter first, at most 16');

const authContext = z.union(
  [
    z.literal('none'),
    z.strictObject({
      issuer: z.url({ protocol: /^https$/, error: 'an https URL' }),
      audience: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
    }),
  ],
  'either "none" or {"issuer": "https://...", "audience": ["..."]}',
);

/** The context in the cdk.json of `rootDir`, which only the CLI would read otherwise; empty without the file. */
export function readContext(rootDir: string): Record<string, unknown> {
  const file = join(rootDir, 'cdk.json');
  if (!existsSync(file)) return {};
  const { context = {} } = JSON.parse(readFileSync(file, 'utf8')) as { context?: Record<string, unknown> };
  return context;
}

function authOf(stage: string, context: (key: string) => unknown): Auth {
  const flat = { issuer: context('auth.issuer'), audience: context('auth.audience') };
  const given =
    context('auth') ?? (flat.issuer === undefined && flat.audience === undefined ? undefined : flat);
  if (given === undefined) {
    if (stage === 'local') return LOCAL_AUTH;
    throw new ContextError('auth-missing', NO_AUTH.replaceAll('%s', stage));
  }
  const parsed = authContext.safeParse(given);
  if (!parsed.success)
    throw new ContextError(
      'auth-invalid',
      `the context "auth" is not valid:\n${z.prettifyError(parsed.error)}`,
    );
  if (parsed.data === 'none') return { kind: 'none' };
  const { issuer, audience } = parsed.data;
  return { kind: 'jwt', issuer, audience: [audience].flat() };
}

/**
 * Reads stage, authentication, CORS, throttling, who is told of alarms and all else of a deployment from the context.
 * @param account where it is deployed, as far as that is known
 * @throws ContextError that says what to write
 */
export function deploymentOf(context: (key: string) => unknown, account: Account = {}): Deployment {
  const parsed = stageName.safeParse(context('stage') ?? 'local');
  if (!parsed.success)
    throw new ContextError(
      'stage-invalid',
      `the context "stage" is not valid:\n${z.prettifyError(parsed.error)}`,
    );
  const stage = parsed.data;
  const auth = authOf(stage, context);
  return {
    stage,
    auth,
    console: consoleOf(stage, auth, context),
    cors: corsOf(stage, context),
    throttle: throttleOf(stage, context),
    tracing: tracingOf(stage, context),
    debugSampleRate: debugSampleRateOf(context),
    secretOverrides: secretOverridesOf(context('config.secretOverrides')),
    reservesConcurrency: reservesConcurrencyOf(context('lambda.reservedConcurrency')),
    publicOpenApi: publicOpenApiOf(context('openapi')),
    archiveDays: archiveDaysOf(stage, context('events.archiveDays')),
    backupKey: backupKeyOf(context('config.backupKey')),
    alarmReceivers: alarmReceiversOf(context),
    dashboards: dashboardsOf(context('dashboards')),
    ...keyOf(context, account),
    isLocal: stage === 'local',
  };
}

function secretOverridesOf(given: unknown): boolean {
  if (given === undefined || given === 'allow') return given === 'allow';
  throw new ContextError(
    'context-invalid',
    `the context "config.secretOverrides" is ${JSON.stringify(given)}: leave it out, or write out "allow"`,
  );
}

function dashboardsOf(given: unknown): boolean {
  if (given === undefined || given === 'none') return given === undefined;
  throw new ContextError(
    'context-invalid',
    `the context "dashboards" is ${JSON.stringify(given)}: leave it out, or write out "none"`,
  );
}

function reservesConcurrencyOf(given: unknown): boolean {
  if (given === undefined || given === 'none') return given === undefined;
  throw new ContextError(
    'context-invalid',
    `the context "lambda.reservedConcurrency" is ${JSON.stringify(given)}: leave it out, or write out "none"`,
  );
}

function publicOpenApiOf(given: unknown): boolean {
  if (given === undefined || given === 'public') return given === 'public';
  throw new ContextError(
    'context-invalid',
    `the context "openapi" is ${JSON.stringify(given)}: leave it out, or write out "public" for a document that needs no token`,
  );
}

/** As long as the inbox of a subscriber remembers what it has handled, so that a replay repeats nothing. */
const ARCHIVE_DAYS = 30;

function archiveDaysOf(stage: string, given: unknown): number {
  if (given === undefined) return stage === 'local' ? 0 : ARCHIVE_DAYS;
  const days = given === '' ? NaN : Number(given);
  if (Number.isSafeInteger(days) && days >= 0) return days;
  throw new ContextError(
    'context-invalid',
    `the context "events.archiveDays" is ${JSON.stringify(given)}: write how many days the archive keeps events, 0 for no archive`,
  );
}

/** 32 bytes in base64url. */
const PUBLIC_KEY = /^[\w-]{42}[AEIMQUYcgkosw048]$/;

function backupKeyOf(given: unknown): string | undefined {
  if (given === undefined || (typeof given === 'string' && PUBLIC_KEY.test(given))) return given;
  throw new ContextError(
    'context-invalid',
    'the context "config.backupKey" is no public key: npm run config -- backup-key --out <file> makes and prints one',
  );
}
