import type { CorsResource, RouteResource, StageResource } from './api-gateway.ts';
import type { AlarmResource } from './cloudwatch.ts';
import type { CustomResource } from './cloudformation.ts';
import type { TableResource } from './dynamodb.ts';
import type { BusResource, RuleResource, ScheduleResource } from './eventbridge.ts';
import type { RoleResource } from './iam.ts';
import type { KeyResource } from './kms.ts';
import type {
  DestinationResource,
  EventSourceMappingResource,
  FunctionResource,
  FunctionUrlResource,
} from './lambda.ts';
import type { PluginMetadata } from './plugin.ts';
import type { SecretResource } from './secrets-manager.ts';
import type { TopicResource } from './sns.ts';
import type { QueueResource } from './sqs.ts';

/** The synthesized assembly as the local runner sees it: every intrinsic resolved, physical names and ARNs final. */
export interface Assembly {
  readonly dir: string;
  readonly region: string;
  readonly accountId: string;
  readonly functions: readonly FunctionResource[];
  readonly roles: readonly RoleResource[];
  readonly tables: readonly TableResource[];
  readonly queues: readonly QueueResource[];
  readonly keys: readonly KeyResource[];
  readonly topics: readonly TopicResource[];
  readonly alarms: readonly AlarmResource[];
  readonly buses: readonly BusResource[];
  readonly rules: readonly RuleResource[];
  readonly secrets: readonly SecretResource[];
  readonly mappings: readonly EventSourceMappingResource[];
  readonly destinations: readonly DestinationResource[];
  readonly customResources: readonly CustomResource[];
  readonly schedules: readonly ScheduleResource[];
  readonly routes: readonly RouteResource[];
  /** Undefined: there is no API. */
  readonly stage?: StageResource | undefined;
  /** Undefined: the API answers no page of another origin. */
  readonly cors?: CorsResource | undefined;
  readonly functionUrls: readonly FunctionUrlResource[];
  readonly plugins: readonly PluginMetadata[];
  /** Every resource of every template, for `GET /dev/resources`. */
  readonly resources: readonly {
    readonly stack: string;
    readonly logicalId: string;
    readonly type: string;
    readonly physicalId: string;
  }[];
}
