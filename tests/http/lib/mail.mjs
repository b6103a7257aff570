// Mail as it arrived: of the stack's own server, which keeps a Maildir, or of a test's.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { state, until } from './souk.mjs';

const decodeWords = (text) => text
  .replace(/\?=\s+=\?/g, '?==?')
  .replace(/=\?UTF-8\?B\?([^?]*)\?=/gi, (_, word) => Buffer.from(word, 'base64').toString('latin1'))
  .replace(/[^\x00-\x7f]+/g, (bytes) => Buffer.from(bytes, 'latin1').toString('utf8'));

const decodeQuoted = (text) => Buffer.from(text
  .replace(/=\r?\n/g, '')
  .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))), 'latin1').toString('utf8');

const split = (text) => {
  const at = text.search(/\r?\n\r?\n/);
  return [text.slice(0, at), text.slice(at).replace(/^\r?\n\r?\n/, '')];
};

const readHeaders = (head) => Object.fromEntries(head
  .replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)
  .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), decodeWords(line.slice(line.indexOf(':') + 1).trim())]));

/** {headers, subject, to, id, text, html, link}: `link` is the first address on a line of its own. */
export function readMail(bytes) {
  const [head, body] = split(bytes.toString('latin1'));
  const headers = readHeaders(head);
  const boundary = /boundary="([^"]+)"/.exec(headers['content-type'])[1];
  const [, text, html] = body.split(`--${boundary}`).map((part) => decodeQuoted(split(part)[1] ?? '').replace(/\r\n/g, '\n'));
  return {
    headers, text, html, subject: headers.subject, id: headers['message-id'],
    to: /<([^<>]+)>$/.exec(headers.to)[1], link: /^https?:\S+$/m.exec(text)?.[0],
  };
}

/** What the stack's server has taken for this address, oldest first. */
export function mailsTo(address) {
  const folder = join(state, 'mail/new');
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.map((name) => readMail(readFileSync(join(folder, name))))
    .filter((mail) => mail.to === address)
    .sort((a, b) => Number(a.id.split('.')[1]) - Number(b.id.split('.')[1]));
}

/** The newest mail to this address whose subject matches, once it is there. */
export const mailTo = (address, subject = /./) =>
  until(() => mailsTo(address).filter((mail) => subject.test(mail.subject)).at(-1), `a mail to ${address}`);
