import { ContextError } from './context-error.ts';
import type { Deployment } from './deployment.ts';

/** The account and region of a deployment, as far as they are known before it. */
export interface Account {
  readonly region?: string | undefined;
  readonly accountId?: string | undefined;
}

const KEY_HELP =
  'Leave it out for keys of AWS, write "customer" for a key that the stack of the platform creates, or the ARN of a ' +
  'key:\n-c kms.key=arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';

/** Of a key, and not of an alias: policies cannot name a key by its alias. */
const KEY_ARN =
  /^arn:aws(?:-[a-z]+)*:kms:(?<region>[a-z]{2}(?:-[a-z]+)+-\d):(?<accountId>\d{12}):key\/(?:[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|mrk-[\da-f]{32})$/;

/**
 * Reads which key tables, queues, logs and events are encrypted with: `kms.key` and `kms.encrypt`, also as
 * `kms: { key, encrypt }`.
 * @throws ContextError for what is no key, and for a key of another region or account than the deployment's
 */
export function keyOf(
  context: (key: string) => unknown,
  account: Account,
): Pick<Deployment, 'createsKey' | 'keyArn' | 'encryptsWithKey'> {
  const nested = (context('kms') ?? {}) as { readonly key?: unknown; readonly encrypt?: unknown };
  const key = context('kms.key') ?? nested.key;
  const encrypt = context('kms.encrypt') ?? nested.encrypt;
  if (encrypt !== undefined && (encrypt !== 'none' || key === undefined)) {
    throw new ContextError(
      'kms-encrypt-invalid',
      `the context "kms.encrypt" is ${JSON.stringify(encrypt)}: leave it out, or write "none" beside "kms.key" for a ` +
        'key that roles may use and that nothing is encrypted with',
    );
  }
  const encryptsWithKey = key !== undefined && encrypt === undefined;
  if (key === undefined) return { createsKey: false, encryptsWithKey };
  if (key === 'customer') return { createsKey: true, encryptsWithKey };
  return { createsKey: false, keyArn: checkedArn(key, account), encryptsWithKey };
}

function checkedArn(given: unknown, { region, accountId }: Account): string {
  const named = `${JSON.stringify(given)} in the context "kms.key"`;
  const parts = typeof given === 'string' ? KEY_ARN.exec(given)?.groups : undefined;
  if (typeof given !== 'string' || parts === undefined) {
    throw new ContextError(
      'kms-key-invalid',
      `${named} is neither "customer" nor the ARN of a key. ${KEY_HELP}`,
    );
  }
  for (const [kind, its, wanted] of [
    ['region', parts['region'], region],
    ['account', parts['accountId'], accountId],
  ] as const) {
    if (wanted === undefined || its === wanted) continue;
    throw new ContextError(
      'kms-key-elsewhere',
      `${named} is in the ${kind} ${its}, and the deployment in ${wanted}: use a key of the same region and account`,
    );
  }
  return given;
}
