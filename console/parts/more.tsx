import type { Pages } from '../api/use-pages.ts';
import { ProblemBox } from './problem-box.tsx';

/** The button for the next page of a list; nothing when all of it is shown. */
export function More<Page, Row>({
  pages: { next, isLoading, problem },
}: {
  readonly pages: Pages<Page, Row>;
}) {
  return (
    <>
      {problem && <ProblemBox problem={problem} />}
      {next && (
        <div>
          <button type="button" disabled={isLoading} aria-busy={isLoading} onClick={next}>
            Show more
          </button>
        </div>
      )}
    </>
  );
}
