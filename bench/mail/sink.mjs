// An SMTP server on loopback that takes everything and keeps only the count: sink.mjs PORT-FILE
import { renameSync, writeFileSync } from 'node:fs';
import { SMTPServer } from 'smtp-server';

const [, , file] = process.argv;
const tell = (path, n) => { writeFileSync(`${path}.new`, `${n}\n`); renameSync(`${path}.new`, path); };
let count = 0;
const server = new SMTPServer({
  disabledCommands: ['AUTH', 'STARTTLS'], disableReverseLookup: true,
  onData: (stream, session, done) => {
    stream.resume();
    stream.on('end', () => { count++; done(); });
  },
});
setInterval(() => tell(`${file}.count`, count), 200);
server.listen(0, '127.0.0.1', () => tell(file, server.server.address().port));
