import { useState } from 'preact/hooks';
import { path } from '../../api/client.ts';
import { useResource } from '../../api/use-resource.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import type { Alarm } from './types.ts';

/** What to do when an alarm goes off: a page of the web, or a section of the project's documentation. */
export function Runbook({ alarm: { name, alarm, runbook } }: { readonly alarm: Alarm }) {
  const [isOpen, setOpen] = useState(false);
  const close = (): void => setOpen(false);
  if (runbook === null) return <span class="muted">none</span>;
  if (runbook.startsWith('https://')) {
    return (
      <a href={runbook} target="_blank" rel="noreferrer">
        Open
      </a>
    );
  }
  return (
    <>
      <button
        type="button"
        class="link"
        aria-label={`Read the runbook of ${alarm ?? name}`}
        onClick={() => setOpen(true)}
      >
        Read
      </button>
      {isOpen && (
        <Dialog title={`What to do about ${alarm ?? name}`} onClose={close}>
          <RunbookText name={name} />
          <p class="muted">
            From <code>{runbook}</code>
          </p>
          <div class="dialog-actions">
            <button type="button" onClick={close}>
              Close
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}

function RunbookText({ name }: { readonly name: string }) {
  const section = useResource<{ readonly text: string }>(path`/dev/alarms/${name}/runbook`);
  return (
    <Loaded resource={section} lines={8}>
      {({ text }) => (
        <div class="document" tabIndex={0} role="group" aria-label="Runbook">
          {text}
        </div>
      )}
    </Loaded>
  );
}
