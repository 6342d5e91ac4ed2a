import { Fragment } from 'preact';
import { useState } from 'preact/hooks';
import { StateBadge } from '../../parts/badge.tsx';
import { durationText } from '../../parts/numbers.ts';
import { valueText } from '../../parts/value-text.ts';
import { TraceLinks } from './trace-links.tsx';
import type { SpanNode, Trace } from './types.ts';

interface SpanRow {
  /** Where it stands in the tree, which stays when further spans arrive. */
  readonly key: string;
  readonly depth: number;
  readonly span: SpanNode;
}

const rowsOf = (spans: readonly SpanNode[], depth = 0, above = ''): readonly SpanRow[] =>
  spans.flatMap((span, index) => {
    const key = `${above}/${index} ${span.name}`;
    return [{ key, depth, span }, ...rowsOf(span.children, depth + 1, key)];
  });

/** As many as there are colours. */
const COLOURS = 6;

/** The spans of a trace, each where it was in time; one is shown with all that it says when it is chosen. */
export function Waterfall({ trace }: { readonly trace: Trace }) {
  const [chosen, setChosen] = useState<string>();
  const rows = rowsOf(trace.spans);
  const colourOf = (service: string): number => trace.services.indexOf(service) % COLOURS;
  return (
    <>
      <ul class="legend-of-services">
        {trace.services.map((service) => (
          <li key={service} class={`service-${colourOf(service)}`}>
            {service}
          </li>
        ))}
      </ul>
      <ol class="waterfall" aria-label="Spans">
        {rows.map(({ key, depth, span }) => (
          <li key={key}>
            <button
              type="button"
              aria-expanded={chosen === key}
              onClick={() => setChosen(chosen === key ? undefined : key)}
            >
              <span class="name" style={{ paddingLeft: `${Math.min(depth, 8) * 14}px` }}>
                {span.name}
                {span.status === 'error' && <span class="bad"> failed</span>}
              </span>
              <Bar span={span} totalMs={trace.durationMs} colour={colourOf(span.service)} />
              <span class="number">{durationText(span.durationMs)}</span>
            </button>
            {chosen === key && <SpanDetails span={span} />}
          </li>
        ))}
      </ol>
    </>
  );
}

interface BarProps {
  readonly span: SpanNode;
  readonly totalMs: number;
  readonly colour: number;
}

function Bar({ span: { startMs, durationMs, status }, totalMs, colour }: BarProps) {
  const share = (ms: number): number => (totalMs > 0 ? Math.min(100, (ms / totalMs) * 100) : 0);
  return (
    <span class="track">
      <span
        class={`bar ${status === 'error' ? 'failed' : `service-${colour}`}`}
        style={{ left: `${share(startMs)}%`, width: `max(3px, ${share(durationMs)}%)` }}
      />
    </span>
  );
}

function SpanDetails({ span }: { readonly span: SpanNode }) {
  return (
    <dl class="facts">
      <dt>Function</dt>
      <dd>
        {span.service}/{span.function}, {span.kind}
      </dd>
      <dt>Status</dt>
      <dd>
        <StateBadge state={span.status} />
      </dd>
      <dt>Began</dt>
      <dd>{durationText(span.startMs)} after the first span</dd>
      {Object.entries(span.attributes).map(([name, value]) => (
        <Fragment key={name}>
          <dt>{name}</dt>
          <dd>{valueText(value)}</dd>
        </Fragment>
      ))}
      {span.links.length > 0 && (
        <>
          <dt>Linked traces</dt>
          <dd>
            <TraceLinks ids={span.links} />
          </dd>
        </>
      )}
    </dl>
  );
}
