/** An `AWS::Events::EventBus`. */
export interface BusResource {
  readonly name: string;
  readonly arn: string;
  /** Where events go that could not be encrypted or decrypted. */
  readonly deadLetterArn?: string | undefined;
  /** The customer's key that encrypts it; undefined for AWS's own. */
  readonly kmsKeyArn?: string | undefined;
}

/** An `AWS::Events::Rule`: the events of a bus that match the pattern go to the targets. */
export interface RuleResource {
  readonly name: string;
  readonly arn: string;
  readonly busName: string;
  readonly enabled: boolean;
  readonly pattern: Readonly<Record<string, unknown>>;
  readonly targets: readonly {
    readonly id: string;
    readonly arn: string;
    readonly deadLetterArn: string | undefined;
  }[];
}

/** A schedule of EventBridge Scheduler that runs a function. */
export interface ScheduleResource {
  readonly name: string;
  readonly arn: string;
  readonly groupArn: string;
  readonly plugin: string;
  /** The schedule's key in its manifest. */
  readonly key: string;
  /** `rate(...)` or `cron(...)`, in UTC. */
  readonly expression: string;
  readonly enabled: boolean;
  readonly functionArn: string;
  readonly roleArn: string;
  /** The event, with placeholders such as `<aws.scheduler.scheduled-time>`. */
  readonly input: string;
  readonly deadLetterArn: string | undefined;
}
