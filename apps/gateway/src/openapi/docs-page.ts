import type { DescribedOperation, OpenApiDocument, Parameter } from './describe-api.js';

/** The document for people: one page, no script, nothing fetched from elsewhere. */
export function docsPage(document: OpenApiDocument): string {
  const { info, paths, tags } = document;
  const calls = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({ path, method, operation })),
  );
  const sections = tags.map(({ name }) => {
    const own = calls.filter(({ operation }) => operation.tags.includes(name));
    return `<section id="${text(name)}"><h2>${text(name)}</h2>${own.map(call).join('')}</section>`;
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${text(info.title)} API</title><link rel="stylesheet" href="/api/docs/style.css"></head>
<body><main><h1>${text(info.title)} API <small>${text(info.version)}</small></h1>
<p>${prose(info.description)}</p>
<p>Every call needs <code>Authorization: Bearer &lt;token&gt;</code>. The same as a machine reads it:
<a href="/api/openapi.json">/api/openapi.json</a> (OpenAPI ${text(document.openapi)}).</p>
<nav><ul>${tags.map(({ name }) => `<li><a href="#${text(name)}">${text(name)}</a></li>`).join('')}</ul></nav>
${sections.join('\n')}
<section id="schemas"><h2>Schemas</h2>${schemas(document).join('')}</section>
</main></body></html>
`;
}

function call({ path, method, operation }: { path: string; method: string; operation: DescribedOperation }): string {
  const { summary, parameters, requestBody, responses } = operation;
  const answers = Object.entries(responses).map(([status, { description, content }]) => {
    return `<tr><td><code>${text(status)}</code></td><td>${prose(description)} ${schemaLink(content)}</td></tr>`;
  });
  return `<details id="${text(operation.operationId)}"><summary><code class="${text(method)}">${text(method.toUpperCase())}</code>
<code>${text(path)}</code> ${text(summary)}</summary>
${parameters.length > 0 ? `<h3>Parameters</h3><table>${parameters.map(parameter).join('')}</table>` : ''}
${requestBody === undefined ? '' : `<h3>Body</h3><pre>${json(requestBody)}</pre>`}
<h3>Answers</h3><table>${answers.join('')}</table></details>`;
}

function parameter({ name, in: place, required, description = '', schema }: Parameter): string {
  return `<tr><td><code>${text(name)}</code></td><td>${place}${required ? ', required' : ''}</td>
<td>${prose(description)}</td><td><code>${json(schema)}</code></td></tr>`;
}

function schemas({ components }: OpenApiDocument): string[] {
  const all = Object.entries(components['schemas'] ?? {});
  return all.map(
    ([name, schema]) =>
      `<details id="schema-${text(name)}"><summary><code>${text(name)}</code></summary><pre>${json(schema)}</pre></details>`,
  );
}

function schemaLink(content: unknown): string {
  const names = [...JSON.stringify(content ?? null).matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name);
  return [...new Set(names)].map((name = '') => `<a href="#schema-${text(name)}">${text(name)}</a>`).join(' ');
}

function json(value: unknown): string {
  return text(JSON.stringify(value, null, 1) ?? '');
}

/** Text with its `code` marked as code. */
function prose(value: string): string {
  return text(value).replace(/`([^`]+)`/g, '<code>$1</code>');
}

function text(value: string): string {
  return value.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
