# Many processes that ignore SIGTERM and go on forking, some of them in sessions of their own.
# $1 token  $2 how many
trap '' TERM
if [ "$2" = worker ]; then
  forks=0
  while [ "$forks" -lt 500 ]; do
    sleep 0.02 "$1"
    forks=$((forks + 1))
  done
  exit
fi
i=0
while [ "$i" -lt "$2" ]; do
  if [ $((i % 5)) -eq 0 ]; then setsid /bin/sh "$0" "$1" worker & else /bin/sh "$0" "$1" worker & fi
  i=$((i + 1))
done
echo ready
wait
