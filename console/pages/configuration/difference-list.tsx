import { MASK } from './draft.ts';
import type { ConfigDifference } from './types.ts';

/** Where two versions of a configuration differ, before and after in one line each. */
export function DifferenceList({ changes }: { readonly changes: readonly ConfigDifference[] }) {
  if (changes.length === 0) return <p class="muted">They do not differ.</p>;
  return (
    <dl class="differences">
      {changes.map(({ path, before, after }) => (
        <div key={path}>
          <dt>
            <code>{path}</code>
          </dt>
          <dd>
            <del>{shown(before)}</del>
            <span aria-hidden="true">→</span>
            <ins>{shown(after)}</ins>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function shown(value: unknown): string {
  if (value === undefined) return 'not set';
  if (value === MASK) return 'a secret';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
