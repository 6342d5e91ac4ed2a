import { NoOpLogger } from '@smithy/core/client';
import type {
  AbsoluteLocation,
  HandlerExecutionContext,
  InitializeHandler,
  InitializeHandlerOptions,
  MetadataBearer,
  Pluggable,
} from '@smithy/types';

/** Tells the client's logger of each call, unless it is the one that drops everything. */
export const loggerMiddleware =
  () =>
  <Output extends MetadataBearer>(
    next: InitializeHandler<object, Output>,
    context: HandlerExecutionContext,
  ): InitializeHandler<object, Output> => {
    const { clientName, commandName, logger } = context;
    if (logger === undefined || logger instanceof NoOpLogger) return next;
    return async (args) => {
      const inputOf = () => context['inputFilterSensitiveLog'](args.input) as unknown;
      try {
        const response = await next(args);
        const { $metadata: metadata, ...rest } = response.output;
        const output = context['outputFilterSensitiveLog'](rest) as unknown;
        logger.info({ clientName, commandName, input: inputOf(), output, metadata });
        return response;
      } catch (error) {
        const { $metadata: metadata } = error as Partial<MetadataBearer>;
        logger.error({ clientName, commandName, input: inputOf(), error, metadata });
        throw error;
      }
    };
  };

export const loggerMiddlewareOptions: InitializeHandlerOptions & AbsoluteLocation = {
  name: 'loggerMiddleware',
  tags: ['LOGGER'],
  step: 'initialize',
  override: true,
};

export const getLoggerPlugin = (_options: unknown): Pluggable<object, MetadataBearer> => ({
  applyToStack(stack) {
    stack.add(loggerMiddleware(), loggerMiddlewareOptions);
  },
});
