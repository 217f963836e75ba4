#!/bin/sh
# Makes the secrets of compose.yaml, each in a file of its own in a folder that nobody else may enter. What is there stays. As root,
# since the tokens of the API must belong to the user of its container.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets

# keep NAME: standard input becomes the file. Containers of several users read it, and the folder keeps everybody else away.
keep() {
  if [ -e "secrets/$1" ]; then
    cat > /dev/null
  else
    cat > "secrets/$1"
    chmod 0444 "secrets/$1"
  fi
}
random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

random | keep postgresql-password
printf 'postgres://autotuner:%s@postgresql:5432/autotuner' "$(cat secrets/postgresql-password)" | keep history-url
random | keep metrics-token
random | keep grafana-password
if [ ! -e secrets/api-tokens ]; then
  printf 'write %s\nread %s\n' "$(random)" "$(cat secrets/metrics-token)" > secrets/api-tokens
  chown 10001:10001 secrets/api-tokens
  chmod 0400 secrets/api-tokens
fi
echo 'made deploy/compose/secrets; the write token of the API is in api-tokens, the password of Grafana in grafana-password'
