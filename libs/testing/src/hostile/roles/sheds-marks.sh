# Its grandchild is an orphan from its first moment on, took nothing along from its environment and lowered its resource
# limits, but stays in the session.
# $1 token  $2 `leave`: ends as soon as it is ready
(ulimit -w 7 2>/dev/null || ulimit -x 7; exec env -i /bin/sh -c 'sleep 120 "$0" & exit 0' "$1") </dev/null >/dev/null 2>&1 &
wait
echo ready
if [ "$2" != leave ]; then exec sleep 120 "$1"; fi
