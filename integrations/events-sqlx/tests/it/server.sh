# Starts a PostgreSQL server in a temporary folder, prints the folder, in which its socket is, and stops the server when
# the standard input ends: when the process with the tests has ended, however that was.
#
# usage: sh server.sh <folder with the programs of PostgreSQL> [options of the server, in place of -F, which waits for no disk]
set -eu
PATH=$1:$PATH
unset TMPDIR
dir=$(mktemp -d)

stop() {
    trap '' EXIT INT TERM HUP
    pg_ctl -D "$dir/data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$dir"
}
trap stop EXIT
trap 'exit 1' INT TERM HUP

if ! initdb -D "$dir/data" -U events -A trust -E UTF8 --locale=C -N >"$dir/log" 2>&1 ||
    ! pg_ctl -D "$dir/data" -l "$dir/log" -w -o "${2--F} -k $dir -c listen_addresses=''" start >/dev/null 2>&1; then
    cat "$dir/log" >&2
    exit 1
fi
echo "$dir"
cat >/dev/null
