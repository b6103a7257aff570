// Parents, blocks and partials of our templates put in their places, so that an engine without
// inheritance can show the same page. Words ({{t.key}}) become plain names of the model ({{w.key}}).
import { readFileSync } from 'node:fs';

/** Tags and the text between them; comments and changes of the delimiters are gone. */
function* tokens(text) {
  let open = '{{', close = '}}';
  for (let at = 0; at < text.length;) {
    const begin = text.indexOf(open, at);
    if (begin < 0) {
      yield { kind: '', text: text.slice(at) };
      return;
    }
    if (begin > at) yield { kind: '', text: text.slice(at, begin) };
    const end = text.indexOf(close, begin);
    if (end < 0) throw new Error(`a tag without an end: ${text.slice(begin, begin + 40)}`);
    const inside = text.slice(begin + open.length, end).trim();
    at = end + close.length;
    if (inside[0] === '=') [open, close] = inside.slice(1, -1).trim().split(/\s+/);
    else if (inside[0] !== '!') yield { kind: /^[#^/<$>]/.test(inside) ? inside[0] : 'value', text: inside.replace(/^[#^/<$>]\s*/, '') };
  }
}

/** A list of nodes; parents and blocks have `inside`. */
function tree(text) {
  const root = { inside: [] };
  const open = [root];
  for (const token of tokens(text)) {
    const node = { ...token };
    if (token.kind === '/' && open.length > 1 && open.at(-1).text === token.text) {
      open.pop();
      continue;
    }
    open.at(-1).inside.push(node);
    if (token.kind === '#' || token.kind === '^' || token.kind === '<' || token.kind === '$') {
      node.inside = [];
      open.push(node);
    }
  }
  return root.inside;
}

export function flatten(directory, name) {
  const trees = new Map();
  const load = (of) => {
    if (!trees.has(of)) trees.set(of, tree(readFileSync(`${directory}/${of}.html`, 'utf8')));
    return trees.get(of);
  };
  // `frames`: the blocks that parents were given, outermost first; what stands in a block sees only
  // those around the place where it was written.
  const put = (nodes, frames) => nodes.map((n) => {
    if (n.kind === '') return n.text;
    if (n.kind === 'value') return `{{${n.text.replace(/^t\./, 'w.')}}}`;
    if (n.kind === '>') return put(load(n.text), frames);
    if (n.kind === '<') return put(load(n.text), [...frames, { blocks: n.inside, around: frames }]);
    if (n.kind === '$') {
      for (const f of frames) {
        const given = f.blocks.find((b) => b.kind === '$' && b.text === n.text);
        if (given) return put(given.inside, f.around);
      }
      return put(n.inside, frames);
    }
    return `{{${n.kind}${n.text}}}${put(n.inside, frames)}{{/${n.text}}}`;
  }).join('');
  return put(load(name), []).replace(/\n{2,}/g, '\n');
}
