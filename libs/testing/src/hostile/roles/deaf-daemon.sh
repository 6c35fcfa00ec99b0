# Ends at the first SIGTERM; its grandchild is a daemon that ignores it.
# $1 token
(trap '' TERM; exec setsid /bin/sh -c 'sleep 120 "$0" & exit 0' "$1") </dev/null >/dev/null 2>&1 &
wait
echo ready
exec sleep 120 "$1"
