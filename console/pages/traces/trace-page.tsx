import { useRoute } from 'preact-iso';
import { path } from '../../api/client.ts';
import { useResource } from '../../api/use-resource.ts';
import { StateBadge } from '../../parts/badge.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { durationText } from '../../parts/numbers.ts';
import { Page, Section } from '../../parts/page.tsx';
import { ExactTime } from '../../parts/time.tsx';
import { TraceLinks } from './trace-links.tsx';
import type { Trace } from './types.ts';
import { Waterfall } from './waterfall.tsx';

/** Its end may come later than its beginning is looked at: events and their subscribers follow. */
const REFRESH_MS = 5000;

/** One trace with all of its spans. */
export function TracePage() {
  const { id = '' } = useRoute().params;
  const trace = useResource<Trace>(path`/dev/traces/${id}`, { everyMs: REFRESH_MS });
  return (
    <Page title={trace.data?.root ?? 'Trace'} summary={<code>{id}</code>}>
      <p>
        <a href="/console/traces">All traces</a>
      </p>
      <Loaded resource={trace} lines={12}>
        {(data) => (
          <>
            <Section title="Facts">
              <dl class="facts">
                <dt>Began</dt>
                <dd>
                  <ExactTime at={data.startedAt} />
                </dd>
                <dt>Duration</dt>
                <dd>{durationText(data.durationMs)}, events and their subscribers included</dd>
                <dt>Status</dt>
                <dd>
                  <StateBadge state={data.status} />
                </dd>
                <dt>Taking part</dt>
                <dd>{data.services.join(', ')}</dd>
                {(data.linkedBy ?? []).length > 0 && (
                  <>
                    <dt>Linked from</dt>
                    <dd>
                      <TraceLinks ids={data.linkedBy ?? []} />
                    </dd>
                  </>
                )}
              </dl>
            </Section>
            <Section title="Spans">
              <Waterfall trace={data} />
            </Section>
          </>
        )}
      </Loaded>
    </Page>
  );
}
