import type { SampleRequest } from './code-samples.ts';

/** The parts of a form that has a file: `file` is what stands in it, everything else is text. */
function toParts(body: unknown): { file: string; fields: [name: string, value: string][] } {
  const { file = '', ...fields } = body as Record<string, string>;
  return { file, fields: Object.entries(fields) };
}

/** Options of curl, which reads the file from the folder it is in. */
export function toCurlForm(body: unknown): string {
  const fields = toParts(body).fields.map(([name, value]) => `-F '${name}=${value}'`);
  return ["-F 'file=@document.pdf;type=application/pdf'", ...fields].join(' \\\n  ');
}

/** Statements that make a variable `form`. */
export function toJavaScriptForm(body: unknown): string {
  const { file, fields } = toParts(body);
  return [
    'const form = new FormData();',
    `const file = new Blob(['${file}'], { type: 'application/pdf' });`,
    "form.append('file', file, 'document.pdf');",
    ...fields.map(([name, value]) => `form.append('${name}', '${value}');`),
    '',
    '',
  ].join('\n');
}

/** Arguments of a call of requests. */
export function toPythonForm(body: unknown): string[] {
  const { file, fields } = toParts(body);
  const data = fields.map(([name, value]) => `"${name}": "${value}"`).join(', ');
  return [
    `files={"file": ("document.pdf", b"${file}", "application/pdf")}`,
    ...(fields.length === 0 ? [] : [`data={${data}}`]),
  ];
}

export function isMultipart({ mediaType }: Pick<SampleRequest, 'mediaType'>): boolean {
  return mediaType === 'multipart/form-data';
}
