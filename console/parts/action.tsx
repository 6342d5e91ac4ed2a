import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { type ApiProblem, problemOf } from '../api/problem.ts';
import { Dialog } from './dialog.tsx';
import { ProblemBox } from './problem-box.tsx';
import { useToasts } from './toasts.tsx';

interface ActionProps {
  /** Text of the button. */
  readonly label: string;
  /** What the button does. What it returns is shown when it is done. */
  readonly run: () => Promise<string | undefined>;
  /** Where people are asked first, only the button of the question is red. */
  readonly tone?: 'primary' | 'danger';
  readonly disabled?: boolean;
  /** What people are asked before; without it the button acts at once. */
  readonly confirm?: {
    readonly title: string;
    readonly children: ComponentChildren;
    readonly canRun?: boolean;
  };
}

/** A button that changes something: it asks before where that is wise, and says how it went. */
export function Action({ label, run, tone, disabled = false, confirm }: ActionProps) {
  const [isOpen, setOpen] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem>();
  const toasts = useToasts();
  const close = (): void => {
    setOpen(false);
    setProblem(undefined);
  };
  const act = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      const done = await run();
      if (done !== undefined) toasts.say(done);
      close();
    } catch (error) {
      if (confirm) setProblem(problemOf(error));
      else toasts.fail(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <button
        type="button"
        class={confirm && tone === 'danger' ? undefined : tone}
        disabled={disabled || isBusy}
        aria-busy={isBusy}
        onClick={() => (confirm ? setOpen(true) : void act())}
      >
        {label}
      </button>
      {confirm && isOpen && (
        <Dialog title={confirm.title} onClose={close}>
          {confirm.children}
          {problem && <ProblemBox problem={problem} />}
          <div class="dialog-actions">
            <button type="button" onClick={close}>
              Back
            </button>
            <button
              type="button"
              class={tone ?? 'primary'}
              disabled={isBusy || confirm.canRun === false}
              aria-busy={isBusy}
              onClick={() => void act()}
            >
              {label}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}
