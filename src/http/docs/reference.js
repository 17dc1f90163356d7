/* global document, fetch, location, Redoc */

/** Where the samples of the document find the server; on this page they find it where the page is from. */
const SAMPLE_ORIGIN = 'http://127.0.0.1:8080';

const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
const CODE_FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";

const OPTIONS = {
  nonce: document.querySelector('script[nonce]').nonce,
  expandResponses: '200',
  hideDownloadButtons: true,
  jsonSamplesExpandLevel: 'all',
  payloadSampleIdx: 99,
  sortRequiredPropsFirst: true,
  simpleOneOfTypeLabel: true,
  theme: {
    spacing: { sectionHorizontal: 28, sectionVertical: 24 },
    colors: { primary: { main: '#17527a' }, text: { primary: '#1d2733' } },
    typography: {
      fontFamily: FONT,
      fontSize: '15px',
      lineHeight: '1.55',
      headings: { fontFamily: FONT, fontWeight: '600' },
      code: { fontFamily: CODE_FONT, fontSize: '12px', wrap: true },
    },
    sidebar: { width: '250px', backgroundColor: '#f6f8fa' },
    rightPanel: { backgroundColor: '#1d2733', width: '46%' },
  },
};

const reference = document.querySelector('#reference');
try {
  const response = await fetch('/openapi.json');
  const text = await response.text();
  const description = JSON.parse(text.replaceAll(SAMPLE_ORIGIN, location.origin));
  Redoc.init(description, OPTIONS, reference);
} catch (error) {
  reference.textContent = `The reference cannot be shown: ${error.message}`;
  reference.className = 'notice';
}
