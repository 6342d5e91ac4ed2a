/** An HTTP answer of the engine. */
export interface EngineReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A DynamoDB that serves the tables and their streams. */
export interface Engine {
  /** Which one it is, as the developer knows it. */
  readonly name: string;
  readonly endpoint: string;
  /** Sends one request as it is. @param target the X-Amz-Target header, e.g. `DynamoDB_20120810.PutItem` */
  send(target: string, body: Buffer): Promise<EngineReply>;
  /** Sends one request and parses the answer. @throws EngineError when the engine refuses */
  call<T>(target: string, input: unknown): Promise<T>;
  /** Calls back after each request that may have written something. @returns stops it */
  onWrite(listener: () => void): () => void;
  /** Removes stream records up to a sequence number; the newest stays, since the engine continues counting from it. */
  trimStream(tableName: string, throughSequence: string): void;
  /** Removes every stream record of a table, for a stream that was disabled or replaced. */
  clearStream(tableName: string): void;
  stop(): Promise<void>;
}

/** The engine's refusal, with DynamoDB's error code. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
