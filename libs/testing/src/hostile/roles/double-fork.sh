# Its grandchild is a daemon: own session, parent gone.
# $1 token
setsid /bin/sh -c 'sleep 120 "$0" & exit 0' "$1" &
wait
echo ready
exec sleep 120 "$1"
