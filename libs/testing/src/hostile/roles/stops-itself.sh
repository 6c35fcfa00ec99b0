# Stops itself (SIGSTOP); when it is continued with a SIGTERM pending it notes that and ends in good order.
# $1 token  $2 file to note it in
trap 'echo graceful >> "$2"; exit 0' TERM
echo ready
kill -STOP $$
sleep 120 "$1" & wait
