# For temporalio/admin-tools: the tool for the server's tables, built from the server's module, and Temporal's command line.
ARG NODE_IMAGE
FROM ${NODE_IMAGE}
COPY temporal temporal-sql-tool /usr/local/bin/
USER 1000:1000
