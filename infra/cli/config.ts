import { createConfigProgram } from './config-program.ts';
import { runProgram } from './run.ts';

await runProgram(createConfigProgram);
