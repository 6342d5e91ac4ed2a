/** So many of something, as people write it: `1 plugin`, `3 plugins`. */
export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
