import { keepCompiled } from '../process/compile-cache.ts';

keepCompiled();
await import('./start-command.ts');
