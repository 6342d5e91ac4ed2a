import { text } from '../fields.ts';
import { type Identify, inert, type Resource } from '../resource.ts';
import type { CustomResource } from '../types.ts';
import type { World } from '../world.ts';
import { checkFunction } from './lambda.ts';

/** Custom resources of this project; any other is an error. */
export const CUSTOM_RESOURCE_TYPES: Readonly<Record<string, Identify>> = {
  'Custom::AnineePlusQueueState': inert,
};

export function customResourcesOf(world: World): readonly CustomResource[] {
  return world
    .ofType(...Object.keys(CUSTOM_RESOURCE_TYPES))
    .map((resource: Resource) => toCustomResource(resource, world));
}

function toCustomResource({ properties, stack, logicalId }: Resource, world: World): CustomResource {
  const token = text(properties, 'ServiceToken');
  return {
    functionArn: checkFunction(world, token, `${properties.path}.ServiceToken`),
    stack,
    logicalId,
    properties: properties.value,
  };
}
