import { createContext, type ComponentChildren } from 'preact';
import { useContext, useMemo, useState } from 'preact/hooks';
import type { ApiProblem } from '../api/problem.ts';

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly isBad: boolean;
}

/** Short messages at the edge of the page. */
export interface Toasts {
  say(text: string): void;
  fail(problem: ApiProblem): void;
}

const ToastsContext = createContext<Toasts>({ say: () => {}, fail: () => {} });
export const useToasts = (): Toasts => useContext(ToastsContext);

/** Long enough to read two lines. */
const SHOWN_MS = 6000;
let lastId = 0;

export function ToastsProvider({ children }: { readonly children: ComponentChildren }) {
  const [shown, setShown] = useState<readonly Toast[]>([]);
  const toasts = useMemo<Toasts>(() => {
    const add = (text: string, isBad: boolean): void => {
      const id = ++lastId;
      setShown((before) => [...before, { id, text, isBad }]);
      setTimeout(() => setShown((before) => before.filter((toast) => toast.id !== id)), SHOWN_MS);
    };
    return {
      say: (text) => add(text, false),
      fail: ({ message, code }) => add(`${message} (${code})`, true),
    };
  }, []);
  return (
    <ToastsContext.Provider value={toasts}>
      {children}
      <div class="toasts" role="status" aria-live="polite">
        {shown.map(({ id, text, isBad }) => (
          <p key={id} class={isBad ? 'bad' : 'good'}>
            {text}
          </p>
        ))}
      </div>
    </ToastsContext.Provider>
  );
}
