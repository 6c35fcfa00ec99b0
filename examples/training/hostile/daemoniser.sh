#!/bin/sh
# Leaves two processes behind that nobody waits for: one in a session of its own, one by double fork, which also holds
# this script's output open. Both ignore SIGTERM and outlive this script, which ends at the first signal.
here=$(dirname "$0")

setsid node "$here/survivor.mjs" own-session < /dev/null > /dev/null 2>&1 &
(node "$here/survivor.mjs" double-fork < /dev/null &)

echo "left two behind; packing the data until somebody stops me (pid $$)"
while :; do
  gzip -c "$here/../data/two-moons.csv" | wc -c >> "$here/packed.log"
  sleep 1
done
