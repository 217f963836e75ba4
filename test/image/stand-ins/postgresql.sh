#!/bin/sh
# What the entry point of the official image does with the variables that compose.yaml and the chart set, in the same order: a first server
# that listens on its socket alone makes the database, and only then the real one begins.
set -eu
case "${1:-}" in -* | '') set -- postgres "$@" ;; esac
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  # initdb takes the password from a file alone.
  password="${POSTGRES_PASSWORD_FILE:-$(mktemp)}"
  [ -n "${POSTGRES_PASSWORD_FILE:-}" ] || printf '%s\n' "$POSTGRES_PASSWORD" > "$password"
  # shellcheck disable=SC2086
  initdb -D "$PGDATA" --username="$POSTGRES_USER" --pwfile="$password" ${POSTGRES_INITDB_ARGS:-}
  echo 'host all all all scram-sha-256' >> "$PGDATA/pg_hba.conf"
  pg_ctl -D "$PGDATA" -o '-c listen_addresses= -c unix_socket_directories=/var/run/postgresql' -w start
  psql -h /var/run/postgresql -U "$POSTGRES_USER" -d postgres -c "CREATE DATABASE \"$POSTGRES_DB\""
  pg_ctl -D "$PGDATA" -m fast -w stop
fi
exec "$@" -D "$PGDATA" -c listen_addresses='*' -c unix_socket_directories=/var/run/postgresql
