/** What operations work with. */
export interface Services {
  readonly now: () => Date;
}
