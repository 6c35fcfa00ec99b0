# Its grandchild is a daemon that took nothing along from its environment and lowered its resource limits; its parent
# lived for as long as a person needs to look.
# $1 token
(ulimit -w 7 2>/dev/null || ulimit -x 7; exec env -i setsid /bin/sh -c 'sleep 120 "$0" & sleep 1; exit 0' "$1") </dev/null >/dev/null 2>&1 &
wait
echo ready
exec sleep 120 "$1"
