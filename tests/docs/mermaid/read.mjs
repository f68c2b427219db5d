// Reads diagrams, a JSON array of texts on standard input, and writes for each an empty text or what is wrong with it.
import { JSDOM } from 'jsdom';

const dom = new JSDOM('');
globalThis.window = dom.window;
globalThis.document = dom.window.document;
const { default: mermaid } = await import('mermaid');

let input = '';
for await (const chunk of process.stdin) input += chunk;
const faults = [];
for (const text of JSON.parse(input)) {
  try {
    await mermaid.parse(text);
    faults.push('');
  } catch (e) {
    faults.push(String(e));
  }
}
console.log(JSON.stringify(faults));
