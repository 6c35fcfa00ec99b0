# Ends at the first SIGTERM; its child notes each one it gets and goes on.
# $1 token  $2 file to note them in  $3 path of node
"$3" "${0%/*}/ignores-sigterm.mjs" "$1" "$2" &
wait
