import { graphlib, layout } from '@dagrejs/dagre';

/** A box of a graph. */
export interface GraphNode {
  readonly id: string;
  readonly label: string;
  /** A second line, smaller. */
  readonly detail?: string;
  /** A colour that says no more than the detail does. */
  readonly tone?: 'good' | 'warning' | 'bad' | 'neutral';
  /** Page of the console that the box leads to. */
  readonly href?: string;
}

/** An arrow between two boxes. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  /** All that the arrow stands for, one thing a line. */
  readonly title: string;
  /** Dashed arrows stand for what is not called but sent. */
  readonly isDashed?: boolean;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where everything stands, in CSS pixels. */
export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly (GraphNode & Point & { readonly width: number; readonly height: number })[];
  readonly edges: readonly (GraphEdge & { readonly points: readonly Point[]; readonly at: Point })[];
}

/** Widths of characters of the two sizes of text, on average and rather too wide. */
const LABEL_CHARACTER = 8.6;
const SMALL_CHARACTER = 7.2;
const PADDING = 28;

/** @param direction of the arrows: to the right, or down where there is little width */
export function layOut(
  nodes: readonly GraphNode[],
  edges: readonly GraphEdge[],
  direction: 'LR' | 'TB',
): GraphLayout {
  const graph = new graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: direction, nodesep: 32, ranksep: 48, edgesep: 24, marginx: 8, marginy: 8 });
  for (const { id, label, detail } of nodes) {
    const text = Math.max(label.length * LABEL_CHARACTER, (detail?.length ?? 0) * SMALL_CHARACTER);
    graph.setNode(id, { width: text + PADDING, height: detail === undefined ? 40 : 56 });
  }
  edges.forEach(({ from, to, label }, index) => {
    const size = { width: label.length * SMALL_CHARACTER + 8, height: 20, labelpos: 'c' };
    graph.setEdge(from, to, size, String(index));
  });
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return {
    width,
    height,
    nodes: nodes.map((node) => ({ ...node, ...(graph.node(node.id) as Required<Placed>) })),
    edges: edges.map((edge, index) => {
      const { points, x, y } = graph.edge(edge.from, edge.to, String(index)) as Routed;
      return { ...edge, points, at: { x, y } };
    }),
  };
}

interface Placed extends Point {
  readonly width: number;
  readonly height: number;
}

interface Routed extends Point {
  readonly points: readonly Point[];
}
