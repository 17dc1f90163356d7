#!/usr/bin/env node
import module from 'node:module';

// Plain JavaScript that any Node can read: an old one gets one clear sentence instead of a syntax error from main.ts.
const [major] = process.versions.node.split('.').map(Number);
if (major < 26) {
  console.error(
    `numberyard needs Node 26 or newer, and this is ${process.versions.node}. In a checkout, use "npm start" or "npm run numberyard --": they bring their own.`,
  );
  process.exit(1);
}
// Compiled code is kept between starts: the second one is ready in half the time.
module.enableCompileCache();
await import('../src/main.ts');
