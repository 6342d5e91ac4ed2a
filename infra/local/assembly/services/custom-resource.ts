import type { CustomResource } from '../../resources/cloudformation.ts';
import { text } from '../fields.ts';
import { type Identify, inert, type ResolvedStacks, type Resource } from '../resource.ts';
import { checkFunction } from './lambda.ts';

/** Sets the throttles of a plugin's routes. */
export const ROUTE_THROTTLES = 'Custom::AnineePlusRouteThrottles';

/** Custom resources of this project; any other is an error. */
export const CUSTOM_RESOURCE_TYPES: Readonly<Record<string, Identify>> = {
  'Custom::AnineePlusQueueState': inert,
  [ROUTE_THROTTLES]: inert,
};

export function customResourcesOf(stacks: ResolvedStacks): readonly CustomResource[] {
  return stacks
    .ofType(...Object.keys(CUSTOM_RESOURCE_TYPES))
    .map((resource: Resource) => toCustomResource(resource, stacks));
}

function toCustomResource(
  { properties, stack, logicalId, type }: Resource,
  stacks: ResolvedStacks,
): CustomResource {
  const token = text(properties, 'ServiceToken');
  return {
    functionArn: checkFunction(stacks, token, `${properties.path}.ServiceToken`),
    stack,
    logicalId,
    type,
    properties: properties.value,
  };
}
