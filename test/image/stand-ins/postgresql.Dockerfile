# For postgres:17.6-bookworm: Debian's PostgreSQL, and of the official entry point what compose.yaml relies on.
ARG NODE_IMAGE
FROM ${NODE_IMAGE}
RUN groupadd --gid 999 --system postgres && useradd --uid 999 --gid 999 --system --home-dir /var/lib/postgresql postgres \
    && apt-get update && apt-get install -y --no-install-recommends postgresql-15 && rm -rf /var/lib/apt/lists/* /var/lib/postgresql/* \
    && install -d -o 999 -g 999 -m 1777 /var/lib/postgresql/data
ENV PATH=/usr/lib/postgresql/15/bin:/usr/local/bin:/usr/bin:/bin
COPY postgresql.sh /usr/local/bin/docker-entrypoint.sh
ENTRYPOINT ["sh", "/usr/local/bin/docker-entrypoint.sh"]
STOPSIGNAL SIGINT
