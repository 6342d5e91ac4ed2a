import type { ComponentChildren } from 'preact';
import type { Resource } from '../api/use-resource.ts';
import { ProblemBox } from './problem-box.tsx';

interface LoadedProps<T> {
  readonly resource: Resource<T>;
  /** Lines of the placeholder, about as tall as what comes, so that nothing moves when it does. */
  readonly lines?: number;
  readonly children: (data: T) => ComponentChildren;
}

/** Shows a resource when it is there; before, a placeholder; and why it is not, with a way to try again. */
export function Loaded<T>({ resource, lines = 6, children }: LoadedProps<T>) {
  const { data, problem, reload } = resource;
  return (
    <>
      {problem && <ProblemBox problem={problem} onRetry={reload} />}
      {data !== undefined && children(data)}
      {data === undefined && problem === undefined && <Placeholder lines={lines} />}
    </>
  );
}

export function Placeholder({ lines }: { readonly lines: number }) {
  return (
    <div class="placeholder" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, index) => (
        <div key={index} />
      ))}
    </div>
  );
}
