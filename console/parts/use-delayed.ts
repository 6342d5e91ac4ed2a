import { useEffect, useState } from 'preact/hooks';

/** A value once it has not changed for a moment, as what is typed. */
export function useDelayed<T>(value: T, delayMs = 300): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), delayMs);
    return () => clearTimeout(timer);
  }, [value, delayMs]);
  return settled;
}
