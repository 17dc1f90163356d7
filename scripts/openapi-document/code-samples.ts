import { isMultipart, toCurlForm, toJavaScriptForm, toPythonForm } from './multipart-sample.ts';
import { SDK_CALLS } from './sdk-calls.ts';
import { toJavaScript, toJson, toPython } from './literals.ts';

/** A request of an operation, as its code samples make it. */
export interface SampleRequest {
  operationId: string;
  method: string;
  /** With `{projectId}` still in it. */
  path: string;
  query: Record<string, string>;
  body: unknown;
  /** Its answer is text, and no JSON. */
  isTextAnswer: boolean;
  /** Of the body; `undefined` without one. */
  mediaType: string | undefined;
}

export interface CodeSample {
  /** For the highlighter. */
  lang: string;
  label: string;
  source: string;
}

/** Where a server listens that was started without settings. The reference page puts its own address there. */
export const SAMPLE_ORIGIN = 'http://127.0.0.1:8080';

/** The same request in each language. They read their credentials from the environment, so that they run as they are. */
export function toCodeSamples(request: SampleRequest): CodeSample[] {
  const sdk = toSdk(request);
  return [
    { lang: 'bash', label: 'curl', source: toCurl(request) },
    ...(sdk === undefined ? [] : [{ lang: 'javascript', label: 'Node SDK', source: sdk }]),
    { lang: 'javascript', label: 'JavaScript', source: toFetch(request) },
    { lang: 'python', label: 'Python', source: toRequests(request) },
  ];
}

function toCurl(request: SampleRequest): string {
  const { method, body } = request;
  const url = SAMPLE_ORIGIN + request.path.replace('{projectId}', '$PROJECT_ID') + toQuery(request);
  // curl makes a GET, or a POST when there is something to send.
  const isPlain = method === (body === undefined ? 'GET' : 'POST');
  const first = `curl -u "$KEY_ID:$KEY_SECRET"${isPlain ? '' : ` -X ${method}`}`;
  if (body === undefined) return `${first} \\\n  "${url}"`;
  if (isMultipart(request)) return `${first} \\\n  ${toCurlForm(body)} \\\n  "${url}"`;
  if (isForm(request)) return `${first} \\\n  -d '${toForm(body)}' \\\n  "${url}"`;
  return `${first} \\
  -H 'content-type: application/json' \\
  -d '${toJson(body, '  ')}' \\
  "${url}"`;
}

function toFetch(request: SampleRequest): string {
  const { method, body } = request;
  const hasForm = isForm(request) || isMultipart(request);
  const [base, path] = splitPath(request);
  const options = [
    ...(method === 'GET' ? [] : [`method: '${method}'`]),
    body === undefined || hasForm
      ? 'headers: { authorization }'
      : "headers: { authorization, 'content-type': 'application/json' }",
    ...(body === undefined
      ? []
      : isMultipart(request)
        ? ['body: form']
        : [
            `body: ${isForm(request) ? 'new URLSearchParams' : 'JSON.stringify'}(${toJavaScript(body, '  ', 22)})`,
          ]),
  ];
  const variables = base === 'server' ? 'KEY_ID, KEY_SECRET' : 'PROJECT_ID, KEY_ID, KEY_SECRET';
  const url =
    base === 'server' ? `'${SAMPLE_ORIGIN}'` : `\`${SAMPLE_ORIGIN}/v1/projects/\${PROJECT_ID}\``;
  return `const { ${variables} } = process.env;
const authorization = \`Basic \${btoa(\`\${KEY_ID}:\${KEY_SECRET}\`)}\`;
const ${base} = ${url};

${isMultipart(request) ? toJavaScriptForm(body) : ''}const url = \`\${${base}}${path}${toQuery(request)}\`;
const response = await fetch(url, {
  ${options.join(',\n  ')},
});
console.log(response.status, await response.${request.isTextAnswer ? 'text' : 'json'}());`;
}

function toRequests(request: SampleRequest): string {
  const { body, query } = request;
  const [base, path] = splitPath(request);
  const options = [
    `${base} + "${path}"`,
    ...(Object.keys(query).length === 0 ? [] : [`params=${toPython(query, '    ', 8)}`]),
    'auth=key',
    ...(body === undefined
      ? []
      : isMultipart(request)
        ? toPythonForm(body)
        : [`${isForm(request) ? 'data' : 'json'}=${toPython(body, '    ', 6)}`]),
  ];
  const lines =
    base === 'server'
      ? `server = "${SAMPLE_ORIGIN}"`
      : `project_id = environ["PROJECT_ID"]
project = f"${SAMPLE_ORIGIN}/v1/projects/{project_id}"`;
  return `from os import environ
import requests

key = (environ["KEY_ID"], environ["KEY_SECRET"])
${lines}

response = requests.${request.method.toLowerCase()}(
    ${options.join(',\n    ')},
)
print(response.status_code, response.${request.isTextAnswer ? 'text' : 'json()'})`;
}

/** What is the same for many requests, by the name it has in a sample, and the rest. */
function splitPath({ path }: SampleRequest): [base: 'project' | 'server', path: string] {
  const project = '/v1/projects/{projectId}';
  return path.startsWith(project) ? ['project', path.slice(project.length)] : ['server', path];
}

/** `undefined` where the SDK has no method. */
function toSdk(request: SampleRequest): string | undefined {
  const call = SDK_CALLS[request.operationId];
  if (call === undefined) return undefined;
  return `import { SinchClient } from '@sinch/sdk-core';

const sinch = new SinchClient({
  projectId: process.env.PROJECT_ID,
  keyId: process.env.KEY_ID,
  keySecret: process.env.KEY_SECRET,
  authHostname: '${SAMPLE_ORIGIN}',
  numbersHostname: '${SAMPLE_ORIGIN}',
});

${call(request)}`;
}

function toQuery({ query }: SampleRequest): string {
  const pairs = Object.entries(query).map(
    ([name, value]) => `${name}=${encodeURIComponent(value)}`,
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

function isForm({ mediaType }: SampleRequest): boolean {
  return mediaType === 'application/x-www-form-urlencoded';
}

function toForm(body: unknown): string {
  return new URLSearchParams(body as Record<string, string>).toString();
}
