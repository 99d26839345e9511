"""A mail server for tests: aiosmtpd, which is not ours. It keeps what it takes, as read by Python's own parser of mail,
and refuses what the file `refuse` in its folder says. It ends when its standard input does."""

import asyncio
import base64
import json
import pathlib
import sys
from email import message_from_bytes, policy

from aiosmtpd.smtp import SMTP

folder, port = pathlib.Path(sys.argv[1]), int(sys.argv[2])


class Keeper:
    taken = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        refusal = folder / "refuse"
        if refusal.exists():
            with (folder / "refused").open("a") as log:
                log.write(address + "\n")
            return refusal.read_text()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = message_from_bytes(envelope.content, policy=policy.default)
        files = [
            {
                "name": part.get_filename(),
                "type": part.get_content_type(),
                "bytes": base64.b64encode(part.get_content()).decode(),
            }
            for part in mail.iter_attachments()
        ]
        kept = {
            "envelope": envelope.rcpt_tos,
            "headers": {name.lower(): str(value) for name, value in mail.items()},
            "text": mail.get_body(("plain",)).get_content(),
            "files": files,
        }
        Keeper.taken += 1
        place = folder / f"{Keeper.taken:04}.json"
        part = place.with_suffix(".part")
        part.write_text(json.dumps(kept))
        part.rename(place)
        return "250 OK"


async def serve():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Keeper(), loop=loop), "127.0.0.1", port)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(serve())
