import { useLocation } from 'preact-iso';
import { useMemo } from 'preact/hooks';
import { useMedia } from '../use-media.ts';
import { type GraphEdge, type GraphLayout, type GraphNode, layOut } from './layout.ts';

interface GraphProps {
  /** What the picture shows, for people who do not see it. */
  readonly label: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** Boxes and arrows, laid out so that few arrows cross; it scrolls where it is wider than the page. */
export function Graph({ label, nodes, edges }: GraphProps) {
  const isNarrow = useMedia('(max-width: 760px)');
  const placed = useMemo(() => layOut(nodes, edges, isNarrow ? 'TB' : 'LR'), [nodes, edges, isNarrow]);
  return (
    <div class="graph" tabIndex={0} role="group" aria-label={label}>
      <svg width={placed.width} height={placed.height} viewBox={`0 0 ${placed.width} ${placed.height}`}>
        <defs>
          <marker
            id="arrow"
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="8"
            markerHeight="8"
            orient="auto-start-reverse"
          >
            <path d="M0 0 8 4 0 8z" />
          </marker>
        </defs>
        {placed.edges.map((edge, index) => (
          <Arrow key={index} edge={edge} />
        ))}
        {placed.nodes.map((node) => (
          <Box key={node.id} node={node} />
        ))}
      </svg>
    </div>
  );
}

function Arrow({
  edge: { points, at, label, title, isDashed },
}: {
  readonly edge: GraphLayout['edges'][number];
}) {
  return (
    <g class={isDashed ? 'edge dashed' : 'edge'}>
      <title>{title}</title>
      <path d={curveOf(points)} marker-end="url(#arrow)" />
      <text x={at.x} y={at.y + 4}>
        {label}
      </text>
    </g>
  );
}

function Box({ node }: { readonly node: GraphLayout['nodes'][number] }) {
  const { route } = useLocation();
  const { x, y, width, height, label, detail, tone = 'neutral', href } = node;
  const box = (
    <g class={`node ${tone}`}>
      <rect x={x - width / 2} y={y - height / 2} width={width} height={height} rx="8" />
      <text x={x} y={detail === undefined ? y + 5 : y - 3}>
        {label}
      </text>
      {detail !== undefined && (
        <text class="detail" x={x} y={y + 16}>
          {detail}
        </text>
      )}
    </g>
  );
  if (href === undefined) return box;
  return (
    <a
      href={href}
      onClick={(event: MouseEvent) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        route(href);
      }}
    >
      {box}
    </a>
  );
}

/** A line through the points whose corners are rounded: each inner point is where a curve bends. */
function curveOf(points: GraphLayout['edges'][number]['points']): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  const parts = rest.map((point, index) => {
    const next = rest[index + 1];
    if (next === undefined) return `L${point.x} ${point.y}`;
    return `Q${point.x} ${point.y} ${(point.x + next.x) / 2} ${(point.y + next.y) / 2}`;
  });
  return `M${first.x} ${first.y}${parts.join('')}`;
}
