# Its grandchild is a daemon: own session, parent gone.
# $1 token
setsid /bin/sh -c 'sleep 3600 "$0" & exit 0' "$1" &
wait
echo ready
exec sleep 3600 "$1"
