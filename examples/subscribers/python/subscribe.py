"""Hears the events of cancellations, past and future, and prints each as a line of JSON. Stopped and started again it goes on where it was.

    pip install nats-py
    python3 examples/subscribers/python/subscribe.py [name] [--past]

`name` is that of its durable consumer; with `--past` it ends when it has heard everything there is.
NATS_URL is the subscriber's URL; default: that of the system started in this directory.
"""

import asyncio
import json
import os
import pathlib
import sys

import nats
from nats.errors import TimeoutError as NothingCame
from nats.js.api import AckPolicy, ConsumerConfig

STREAM = "NECROCODE_EVENTS"


async def main() -> None:
    name = next((word for word in sys.argv[1:] if not word.startswith("--")), "example-python")
    past_only = "--past" in sys.argv
    url = os.environ.get("NATS_URL") or pathlib.Path(".necrocode/subscriber-nats-url").read_text().strip()

    connection = await nats.connect(url, max_reconnect_attempts=-1)
    stream = connection.jetstream()
    # Made once, found again: the server keeps this consumer's place.
    await stream.add_consumer(
        STREAM,
        ConsumerConfig(
            durable_name=name,
            ack_policy=AckPolicy.EXPLICIT,
            max_ack_pending=1,  # One at a time: in order also when a message has to come again.
            filter_subject="necrocode.events.cancellation.>",
        ),
    )
    subscription = await stream.pull_subscribe_bind(durable=name, stream=STREAM)

    # At least once: an event may come again, and a place only grows. Keep it with what you make of the events.
    place = 0
    while True:
        try:
            messages = await subscription.fetch(1, timeout=2)
        except NothingCame:
            if past_only:
                break
            continue
        for message in messages:
            event = json.loads(message.data)
            if int(event["sequence"]) > place:
                print(json.dumps(event), flush=True)
                place = int(event["sequence"])
            await message.ack()
    await connection.close()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        pass
