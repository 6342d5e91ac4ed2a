import type { Json } from '#testing/client.ts';
import type { Finding } from './invariants.ts';

export const line = (text = ''): void => void process.stdout.write(`${text}\n`);

/** A table in Markdown; every column but the first and the last is numbers. */
export function table(heads: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  line(`| ${heads.join(' | ')} |`);
  line(
    `|${heads.map((_, index) => (index === 0 || index === heads.length - 1 ? '---' : '---:')).join('|')}|`,
  );
  for (const row of rows) line(`| ${row.join(' | ')} |`);
}

/** An answer that was not the expected one. */
export const described = (status: number, body: Json): string =>
  `${status} ${body?.code ?? body?.outcome ?? ''}`.trim();

/** How often each thing happened; `0` for nothing. */
export const listed = (counts: ReadonlyMap<string, number>): string =>
  counts.size === 0 ? '0' : [...counts].map(([what, times]) => `${times} x ${what}`).join(', ');

export function reportFindings(findings: readonly Finding[]): void {
  line('\n## Afterwards');
  table(
    ['rule', 'checked', 'broken'],
    findings.map(({ rule, checked, broken }) => [
      rule,
      checked,
      broken.length === 0 ? '0' : broken.join(', '),
    ]),
  );
}
