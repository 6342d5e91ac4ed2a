/** Claims of a verified token, as API Gateway hands them over. */
export interface Claims {
  readonly claims: Readonly<Record<string, unknown>>;
  readonly scopes?: readonly string[] | null;
}
