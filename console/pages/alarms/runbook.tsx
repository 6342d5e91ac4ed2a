import { path } from '../../api/client.ts';
import { useResource } from '../../api/use-resource.ts';
import { Loaded } from '../../parts/loaded.tsx';
import { ReadingDialog } from '../../parts/reading-dialog.tsx';
import type { Alarm } from './types.ts';

/** What to do when an alarm goes off: a page of the web, or a section of the project's documentation. */
export function Runbook({ alarm: { name, alarm, runbook } }: { readonly alarm: Alarm }) {
  if (runbook === null) return <span class="muted">none</span>;
  if (runbook.startsWith('https://')) {
    return (
      <a href={runbook} target="_blank" rel="noreferrer">
        Open
      </a>
    );
  }
  return (
    <ReadingDialog
      link="Read"
      label={`Read the runbook of ${alarm ?? name}`}
      title={`What to do about ${alarm ?? name}`}
    >
      <RunbookText name={name} />
      <p class="muted">
        From <code>{runbook}</code>
      </p>
    </ReadingDialog>
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
