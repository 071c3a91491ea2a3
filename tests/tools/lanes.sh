# shellcheck shell=sh disable=SC2034,SC2154
# lanes.sh: the jobs of on-target.sh, two at a time. To be sourced by a script that defines job, and counts in passed, failed, skipped.
#
#   lanes FOLDER <LINES     runs `job NAME` for each name, in a shell of its own with build=FOLDER/1 or FOLDER/2
#
# Cargo lets one build at a time into a folder, so each lane has its own. The jobs of a line share builds and run one after
# another in one lane; a lane that is free takes the next line, so the longest come first. In the same FOLDER a line goes to the
# lane that has built it before. What a job prints appears in one piece when it has ended. A job that stops early counts as
# a failure; so does one that never ran.

lanes() {
  lanes=$1
  mkdir -p "$lanes/1" "$lanes/2" "$lanes/owners"
  rm -f "$lanes"/*.counts "$lanes/messages"
  mkfifo "$lanes/messages"
  cat >"$lanes/lines"
  missing=$(wc -w <"$lanes/lines")
  lane 1 >"$lanes/messages" &
  lane 2 >"$lanes/messages" &
  trap 'trap "" INT TERM; stop $$; wait; exit 130' INT TERM
  while read -r name seconds processor p f s; do
    if [ -n "$p" ]; then
      passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    else
      failed=$((failed + 1)); echo "stopped early: $name"
    fi
    cat "$lanes/$name.printed"
    echo "$name: $seconds s, $processor s of processor"
    missing=$((missing - 1))
  done <"$lanes/messages"
  trap - INT TERM
  wait
  if [ "$missing" -gt 0 ]; then failed=$((failed + missing)); echo "jobs that did not run: $missing"; fi
}

# lane NUMBER: says of each job its name, seconds, seconds of processor and counts.
lane() {
  while read -r line; do
    first=${line%% *}
    ln -s "$1" "$lanes/owners/$first" 2>/dev/null || true # only one of two can make it
    [ "$(readlink "$lanes/owners/$first")" = "$1" ] || continue
    for name in $line; do
      start=$(date +%s)
      counted "$1" "$name" >"$lanes/$name.printed" 2>&1 & # so that `set -e` holds in it
      wait $! || true
      echo "$name $(($(date +%s) - start)) $(cat "$lanes/$name.counts" 2>/dev/null || echo '?')"
    done
  done <"$lanes/lines"
}

counted() {
  build=$lanes/$1 passed=0 failed=0 skipped=0
  job "$2"
  times >"$lanes/$2.times"
  processor=$(awk -F '[ms ]+' 'NR == 2 { print int(60 * ($1 + $3) + $2 + $4) }' "$lanes/$2.times")
  echo "$processor $passed $failed $skipped" >"$lanes/$2.counts"
}

# stop PID: ends all processes below this one. First they are made to halt: one that ended at once would leave to nobody what it has
# just started.
stop() {
  for _ in 1 2 3; do
    # shellcheck disable=SC2046
    kill -s STOP $(below "$1") 2>/dev/null || true
  done
  halted=$(below "$1")
  # shellcheck disable=SC2086
  kill -s TERM $halted 2>/dev/null || true
  # shellcheck disable=SC2086
  kill -s CONT $halted 2>/dev/null || true
}

# below PID: the processes that it has started, and those have, and so on.
below() {
  ps -A -o pid= -o ppid= | awk -v top="$1" '
    { parent[$1] = $2 }
    END { for (p in parent) { q = parent[p]; while (q > 1 && q != top) q = parent[q]; if (q == top) print p } }'
}
