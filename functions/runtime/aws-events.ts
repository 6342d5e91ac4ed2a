import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { clientDefaults, once } from './aws.ts';

/** The EventBridge client of this environment. */
export const eventBridgeClient = /* @__PURE__ */ once(() => new EventBridgeClient(clientDefaults()));
