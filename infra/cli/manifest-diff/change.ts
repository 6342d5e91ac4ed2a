/** What two versions of a manifest differ in, in one place. */
export interface Change {
  readonly area: 'permissions' | 'ways in' | 'events' | 'config' | 'other';
  /** Only permissions are widened and narrowed. */
  readonly effect: 'widened' | 'narrowed' | 'added' | 'removed' | 'changed';
  /** One sentence. */
  readonly text: string;
}
