# For temporalio/server: the server, built from its published module.
ARG NODE_IMAGE
FROM ${NODE_IMAGE}
RUN apt-get update && apt-get install -y --no-install-recommends netcat-openbsd && rm -rf /var/lib/apt/lists/*
COPY temporal-server /usr/local/bin/
WORKDIR /etc/temporal
USER 1000:1000
