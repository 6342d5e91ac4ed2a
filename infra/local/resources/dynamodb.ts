/** An attribute of a key, with its DynamoDB type. */
export interface KeyAttribute {
  readonly name: string;
  readonly type: 'S' | 'N' | 'B';
}

/** A DynamoDB table with its indexes, time to live and stream. */
export interface TableResource {
  readonly name: string;
  readonly arn: string;
  readonly partitionKey: KeyAttribute;
  readonly sortKey: KeyAttribute | undefined;
  readonly indexes: readonly {
    readonly name: string;
    readonly partitionKey: KeyAttribute;
    readonly sortKey: KeyAttribute | undefined;
    readonly projection: { readonly ProjectionType: string; readonly NonKeyAttributes?: readonly string[] };
  }[];
  readonly ttlAttribute: string | undefined;
  readonly streamArn: string | undefined;
  readonly streamView: string | undefined;
  /** The customer's key that encrypts it; undefined for AWS's own. */
  readonly kmsKeyArn?: string | undefined;
}
