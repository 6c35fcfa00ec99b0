# As many children as asked for, all in one process group.
# $1 token  $2 how many
i=0
while [ "$i" -lt "$2" ]; do
  sleep 120 "$1" &
  i=$((i + 1))
done
echo ready
wait
