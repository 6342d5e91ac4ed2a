import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SOURCE = join(import.meta.dirname, '../../../../../../shared/oracle');

/** Whether the oracle is there; it is not part of this repository. */
export const present = existsSync(join(SOURCE, 'oracle.mjs'));
/** A title for tests that need it. */
export const title = present ? 'judged by the oracle' : `skipped: there is no oracle at ${SOURCE}`;

interface Verdict {
  readonly ok: boolean;
  readonly op: string;
  readonly errors: unknown[];
  readonly responseErrors?: unknown[];
}
export interface Oracle {
  readonly verdicts: Verdict[];
  listen(port?: number): Promise<number>;
  close(): Promise<void>;
}

/** The oracle with its libraries, in a copy that is made once for each version of it, in front of a sandbox. */
export async function loadOracle(provider: 'stripe' | 'paypal', upstream: string): Promise<Oracle> {
  const hash = createHash('sha256').update(readFileSync(join(SOURCE, 'package-lock.json')));
  hash.update(readFileSync(join(SOURCE, 'oracle.mjs')));
  const copy = join(tmpdir(), `sandbox-oracle-${provider}-${hash.digest('hex').slice(0, 16)}`);
  if (!existsSync(copy)) {
    const making = `${copy}.${process.pid}`;
    cpSync(SOURCE, making, { recursive: true });
    execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--omit=dev'], { cwd: making, stdio: 'ignore' });
    renameSync(making, copy);
  }
  const { createOracle } = (await import(join(copy, 'oracle.mjs'))) as {
    createOracle: (options: object) => Oracle;
  };
  return createOracle({ specFile: join(copy, `specs/${provider}.json`), upstream });
}

/** What the oracle found wrong, in requests and answers. */
export function faulty({ verdicts }: Oracle): Verdict[] {
  return verdicts.filter(
    ({ ok, errors, responseErrors = [] }) => !ok || errors.length + responseErrors.length > 0,
  );
}
