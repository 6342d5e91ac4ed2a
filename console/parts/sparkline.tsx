interface SparklineProps {
  readonly values: readonly number[];
  readonly label: string;
}

const WIDTH = 120;
const HEIGHT = 28;

/** How something went, without numbers. */
export function Sparkline({ values, label }: SparklineProps) {
  const highest = Math.max(...values, 1);
  const step = WIDTH / Math.max(values.length, 1);
  return (
    <svg
      class="sparkline"
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={label}
    >
      {values.map((value, index) => {
        if (value === 0) return null;
        const height = Math.max(2, (value / highest) * HEIGHT);
        return (
          <rect
            key={index}
            x={index * step}
            y={HEIGHT - height}
            width={Math.max(step - 0.5, 1)}
            height={height}
          />
        );
      })}
    </svg>
  );
}
