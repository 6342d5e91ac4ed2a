import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

interface Vulnerability {
  readonly severity: string;
  readonly range: string;
  readonly via: readonly (string | { readonly title: string; readonly url: string })[];
}

/** What `npm audit --json` prints: a report, or why there is none. */
interface AuditOutput {
  readonly vulnerabilities?: Readonly<Record<string, Vulnerability>>;
  readonly message?: string;
}

interface Verdict {
  readonly lines: readonly string[];
  readonly passed: boolean;
}

/** A report fails with any vulnerability; that the registry answers no audits passes, and is said. */
export function verdictOf({ vulnerabilities, message }: AuditOutput): Verdict {
  if (vulnerabilities === undefined) {
    const why = message ?? 'it answered with nothing';
    return {
      passed: true,
      lines: [
        `Dependencies were NOT checked for known vulnerabilities: the registry answers no audits (${why}).`,
      ],
    };
  }
  const found = Object.entries(vulnerabilities).map(([name, { severity, range, via }]) => {
    const reasons = via.map((one) => (typeof one === 'string' ? `by ${one}` : `${one.title} ${one.url}`));
    return `${severity} ${name} ${range}: ${reasons.join('; ')}`;
  });
  return {
    passed: found.length === 0,
    lines: found.length === 0 ? ['No known vulnerabilities in the dependencies.'] : found,
  };
}

/** Asks the registry about everything in package-lock.json. @param args for npm, such as `--registry` */
export async function auditDependencies(args: readonly string[]): Promise<Verdict> {
  // npm exits with 1 for vulnerabilities and for a registry that does not answer.
  const { stdout } = await promisify(execFile)('npm', ['audit', '--json', ...args], {
    maxBuffer: 2 ** 26,
  }).catch((error: { readonly stdout: string }) => error);
  return verdictOf(JSON.parse(stdout) as AuditOutput);
}

if (import.meta.main) {
  const { lines, passed } = await auditDependencies(process.argv.slice(2));
  for (const line of lines) console.log(line);
  process.exitCode = passed ? 0 : 1;
}
