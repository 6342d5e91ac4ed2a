/** An event that reached the bus, as `GET /dev/events/stream` sends it. */
export interface BusEvent {
  readonly id: string;
  readonly time: string;
  readonly source: string;
  readonly detailType: string;
  readonly detail: unknown;
  /** The rules that passed it on. */
  readonly matchedRules: readonly string[];
}
