/** Test kit for plugins: starts the system with some of them, and acts on it as everybody around it does. */
export type { TestCaller, TestClient } from './callers.ts';
export { type Answer, eventually, type Json, request, type RequestOptions } from './client.ts';
export type { TestClock } from './clock.ts';
export type { TestConfigDocument, TestConfiguration } from './configuration.ts';
export type { Emission, EventType, TestEvent, TestEvents, WaitOptions } from './events.ts';
export type { ExpectedDenial, TestInvocation, TestInvocations } from './invocations.ts';
export type { InvokeOptions, OperationReply } from './operations.ts';
export { startTestPlatform, type TestPlatform, type TestPlatformOptions } from './platform.ts';
