export const DOCS_STYLE = `
:root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.5; }
main { max-width: 70rem; margin: 0 auto; padding: 1rem; }
nav ul { display: flex; flex-wrap: wrap; gap: 1rem; list-style: none; padding: 0; }
details { border: 1px solid #8886; border-radius: .4rem; margin: .4rem 0; padding: .4rem .8rem; }
summary { cursor: pointer; }
summary code:first-child { display: inline-block; min-width: 4.5em; font-weight: bold; }
code.post { color: #1a7f37; } code.delete { color: #cf222e; } code.get { color: #0969da; }
table { border-collapse: collapse; width: 100%; } td { border-top: 1px solid #8884; padding: .3rem .6rem; vertical-align: top; }
pre, td code { overflow-x: auto; white-space: pre-wrap; }
@media (prefers-color-scheme: dark) { code.post { color: #3fb950; } code.delete { color: #ff7b72; } code.get { color: #79c0ff; } }
`;
