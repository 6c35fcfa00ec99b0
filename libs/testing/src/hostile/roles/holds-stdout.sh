# Ends at once and leaves a daemon behind that holds its stdout open.
# $1 token
setsid sleep 120 "$1" &
echo ready
exit 0
