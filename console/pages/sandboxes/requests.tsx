import { useResource } from '../../api/use-resource.ts';
import { Badge } from '../../parts/badge.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Time } from '../../parts/time.tsx';
import { controlPath, type SandboxRequest } from './types.ts';

const REFRESH_MS = 3000;
const SHOWN_MAX = 20;

/** What a sandbox was asked last. */
export function Requests({ sandbox }: { readonly sandbox: string }) {
  const requests = useResource<{ readonly requests: readonly SandboxRequest[] }>(
    controlPath(sandbox, `requests?limit=${SHOWN_MAX}`),
    { everyMs: REFRESH_MS },
  );
  return (
    <Loaded resource={requests} lines={8}>
      {(data) => (
        <DataTable
          caption="Requests, the newest first"
          rows={data.requests.toReversed()}
          keyOf={({ id }) => id}
          empty="It was asked nothing."
          columns={[
            { label: 'Time', cell: ({ at }) => <Time at={at} /> },
            { label: 'Request', cell: ({ method, path }) => <code>{`${method} ${path}`}</code> },
            { label: 'Status', cell: (request) => <Status {...request} /> },
          ]}
        />
      )}
    </Loaded>
  );
}

function Status({ status, replayed, fault }: SandboxRequest) {
  const tone = status === null || status >= 500 ? 'bad' : status >= 400 ? 'warning' : 'good';
  return (
    <span class="badges">
      <Badge tone={tone}>{status ?? 'cut'}</Badge>
      {replayed && <Badge>replayed</Badge>}
      {fault && <Badge tone="bad">fault</Badge>}
    </span>
  );
}
