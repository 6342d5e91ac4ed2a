/** Whose tokens the API takes: issuer and audience of its authorizer. */
export interface TokenIssuer {
  /** As the tokens' `iss` has it. */
  readonly issuer: string;
  readonly audience: readonly string[];
  /** Where the keys are, instead of where the issuer's discovery document says: set by the local runner. */
  readonly jwksUrl: string | undefined;
}
