import { useEffect, useRef } from 'preact/hooks';
import UPlot from 'uplot';

/** One line of a plot. */
export interface PlotSeries {
  readonly label: string;
  /** Class of the legend's mark, whose colour the line has. */
  readonly tone: 'accent' | 'good' | 'warning' | 'bad';
  readonly values: readonly (number | null)[];
  /** Bars from zero, for what is counted. */
  readonly isBar?: boolean;
}

interface PlotProps {
  /** What is plotted, for people who do not see it. */
  readonly label: string;
  /** Seconds since 1970. */
  readonly times: readonly number[];
  readonly series: readonly PlotSeries[];
  /** Writes a value with its unit. */
  readonly textOf: (value: number) => string;
}

const HEIGHT = 220;
const bars = UPlot.paths.bars?.({ size: [0.7, 24], align: 1 });

/** Values over time; the legend below has those of the time that one points at. */
export function Plot({ label, times, series, textOf }: PlotProps) {
  const element = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | undefined>(undefined);
  const shape = JSON.stringify(series.map((one) => [one.label, one.tone, one.isBar]));
  const data = [times, ...series.map(({ values }) => values)] as unknown as UPlot.AlignedData;

  useEffect(() => {
    const parent = element.current;
    if (parent === null) return;
    const colour = (name: string) => () => colourOf(parent, name);
    const axis = {
      stroke: colour('muted'),
      grid: { stroke: colour('line'), width: 1 },
      ticks: { show: false },
    };
    const created = new UPlot(
      {
        width: parent.clientWidth,
        height: HEIGHT,
        cursor: { y: false, drag: { x: false, y: false } },
        // The bar of the last time stands to its right.
        scales: {
          x: { range: (_plot, from, to) => [from, to + stepOf(times)] },
          y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.1 : 1] },
        },
        axes: [
          { ...axis, grid: { show: false } },
          { ...axis, size: 60, values: (_plot, splits) => splits.map(textOf) },
        ],
        series: [
          {},
          ...series.map(({ label: name, tone, isBar }) => ({
            label: name,
            stroke: colour(tone),
            width: 2,
            spanGaps: true,
            points: { size: 5, fill: colour(tone) },
            value: (_plot: UPlot, value: number | null) => (value === null ? '–' : textOf(value)),
            ...(isBar && bars && { paths: bars, fill: colour(tone), width: 0, points: { show: false } }),
          })),
        ],
      },
      data,
      parent,
    );
    plot.current = created;
    const resized = new ResizeObserver(() => created.setSize({ width: parent.clientWidth, height: HEIGHT }));
    resized.observe(parent);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const redraw = (): void => created.redraw(false);
    scheme.addEventListener('change', redraw);
    return () => {
      scheme.removeEventListener('change', redraw);
      resized.disconnect();
      created.destroy();
      plot.current = undefined;
    };
    // The data is set below; a new plot is needed for other lines alone.
  }, [shape]);

  useEffect(() => plot.current?.setData(data));

  return <div class="plot" ref={element} role="figure" aria-label={label} />;
}

const stepOf = ([first = 0, second = first]: readonly number[]): number => second - first;

/** A canvas knows no custom properties: the colour is that of an element which has it. */
function colourOf(parent: HTMLElement, name: string): string {
  const probe = document.createElement('i');
  probe.className = `plot-${name}`;
  parent.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
