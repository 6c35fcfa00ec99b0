#!/bin/sh
# Works in a repository slot (its current directory): makes it a checkout of $REPOSITORY and then litters it with all that a
# clean check must find: a changed file, a new one, an ignored one, a hook and an empty directory.
set -e

if [ -d .git ]; then
  git fetch --quiet "$REPOSITORY" HEAD
  git reset --quiet --hard FETCH_HEAD
else
  git clone --quiet "$REPOSITORY" .
fi

echo 'x,y,label' > data/two-moons.csv
echo 'left here' > untracked.txt
echo 'left here, and ignored' > ignored.log
mkdir -p left/empty .git/hooks
printf '#!/bin/sh\nexit 1\n' > .git/hooks/pre-commit

echo "at $(git rev-parse --short HEAD), and dirty (pid $$)"
while :; do
  git status --porcelain --ignored > status.log
  sleep 1
done
