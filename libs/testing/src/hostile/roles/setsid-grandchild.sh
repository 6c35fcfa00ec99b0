# Its child leads a session of its own: no signal to the process group reaches it.
# $1 token
setsid sleep 120 "$1" &
until [ "$(ps -o sid= -p $! | tr -d ' ')" = "$!" ]; do :; done
echo ready
wait
