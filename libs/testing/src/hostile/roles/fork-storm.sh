# Many processes that ignore SIGTERM and fork without end, some of them in sessions of their own.
# $1 token  $2 how many
trap '' TERM
if [ "$2" = worker ]; then
  while :; do sleep 0.02 "$1"; done
fi
i=0
while [ "$i" -lt "$2" ]; do
  if [ $((i % 5)) -eq 0 ]; then setsid /bin/sh "$0" "$1" worker & else /bin/sh "$0" "$1" worker & fi
  i=$((i + 1))
done
echo ready
wait
