"""The local stack's mail server: on loopback, for anybody, kept in a Maildir where it can be read.

    mail-server.py MAILDIR PORT-FILE

Takes a free port and writes its number into PORT-FILE once it listens. Ends with SIGTERM.
"""
import asyncio
import os
import signal
import sys

from aiosmtpd.handlers import Mailbox
from aiosmtpd.smtp import SMTP


def tell_port(path, port):
    with open(path + '.new', 'w', encoding='ascii') as file:
        file.write(f'{port}\n')
    os.rename(path + '.new', path)


async def serve(folder, port_file):
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    box = Mailbox(folder)
    server = await loop.create_server(lambda: SMTP(box, hostname='localhost', loop=loop), '127.0.0.1', 0)
    tell_port(port_file, server.sockets[0].getsockname()[1])
    await ended.wait()


asyncio.run(serve(*sys.argv[1:]))
