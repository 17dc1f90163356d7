import { createServer } from 'node:http';

/** What this machine can do at best: a constant body of the same size and no work at all. */
const body = Buffer.from(process.argv[2] ?? '', 'utf8');

const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
});
process.on('SIGTERM', () => server.close());
