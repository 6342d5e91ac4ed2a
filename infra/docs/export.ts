import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { platformRoot } from '../bundling/platform-imports.ts';
import { generatedPages } from './pages.ts';

for (const [path, text] of await generatedPages()) writeFileSync(join(platformRoot, path), text);
