# Ends at the first SIGTERM.
# $1 token
echo ready
exec sleep 120 "$1"
