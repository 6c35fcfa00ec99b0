#!/bin/sh
# Counts the data and stops itself: a stopped process hears no SIGTERM before somebody continues it.
here=$(dirname "$0")

while :; do
  echo "$(wc -l < "$here/../data/two-moons.csv") lines; stopping myself (pid $$)"
  kill -STOP $$
done
