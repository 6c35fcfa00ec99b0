# A chain of processes, each the child of the one before.
# $1 token  $2 how deep
if [ "$2" -gt 1 ]; then
  /bin/sh "$0" "$1" $(($2 - 1)) &
  wait
else
  echo ready
  exec sleep 120 "$1"
fi
