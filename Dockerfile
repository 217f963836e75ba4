# Worker, HTTP API and command line. Two targets:
#
#   docker build -t inference-autotuner .                       everything: also genai-bench and the optimizer, in Python
#   docker build -t inference-autotuner-api --target api .      what `autotuner serve` needs
#
# With BuildKit, `--sbom=true --provenance=mode=max` attach what went in. docs/production.md has the rest.

# A tag says what it is, the digest which one. Tests run on Node 20; this one is kept up for longer.
ARG NODE_IMAGE=docker.io/library/node:22-bookworm-slim@sha256:83f487e0a63425e5b4d146fb5e5be574bcbe1b7b843d3ebafdd95eaf7767a7e5

FROM ${NODE_IMAGE} AS build
# The folder of the final image: environments of Python hold it.
WORKDIR /opt/inference-autotuner
COPY package.json package-lock.json ./
COPY scripts scripts
# Compares what it has installed with the lock file, version by version (docs/decisions/0004).
RUN node scripts/setup.mjs --only npm
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY web web
RUN node scripts/setup.mjs --only build,web
# The list first: npm makes none of a folder without what is for development.
RUN mkdir sbom && npm sbom --omit=dev --sbom-format=cyclonedx > sbom/npm.cdx.json \
    && npm prune --omit=dev --ignore-scripts --no-audit --no-fund \
    # The SDK brings itself for every platform.
    && find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 ! -name "$(uname -m)-unknown-linux-gnu" -exec rm -r {} + \
    && find node_modules \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.[cm]ts' \) -delete

FROM ${NODE_IMAGE} AS python
WORKDIR /opt/inference-autotuner
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates python3 python3-venv && rm -rf /var/lib/apt/lists/*
COPY scripts scripts
COPY python python
COPY optimizer/src optimizer/src
# Not empty: also aiperf, for requests at a rate and traces.
ARG AIPERF=
# From locks with hashes, with compiled bytecode: the final file system cannot be written to.
RUN node scripts/setup.mjs --only "genai-bench,optimizer${AIPERF:+,aiperf}" && rm -r .cache/python/installer .cache/python/*/.lock \
    && mkdir sbom && for environment in .cache/python/*; do cp "python/$(basename "$environment").lock" sbom/; done

FROM ${NODE_IMAGE} AS api
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates tini && rm -rf /var/lib/apt/lists/* \
    # Nothing is installed from here on, and nobody becomes somebody else.
    && find / -xdev -type f -perm /6000 -exec chmod a-s {} + \
    && rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn* /opt/yarn-* \
    && groupadd --gid 10001 tuner && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin tuner \
    # What a volume is mounted on gets its owner.
    && install -d -o 10001 -g 10001 /data /data/state /data/shared
WORKDIR /opt/inference-autotuner
COPY --from=build /opt/inference-autotuner/node_modules node_modules
COPY --from=build /opt/inference-autotuner/dist dist
COPY --from=build /opt/inference-autotuner/sbom sbom
COPY package.json LICENSE ./
COPY templates templates
COPY examples/kubernetes examples/kubernetes
COPY deploy/docker/health.mjs health.mjs
ENV NODE_ENV=production \
    HOME=/tmp \
    AUTOTUNER_STATE_DIR=/data/state \
    AUTOTUNER_ARTIFACTS_DIR=/data/shared/artifacts \
    AUTOTUNER_RESULTS_DIR=/data/shared/results \
    AUTOTUNER_SDK_METRICS=127.0.0.1:9464
USER 10001:10001
EXPOSE 8400 9464
ENTRYPOINT ["/usr/bin/tini", "--", "node", "/opt/inference-autotuner/dist/cli/main.js"]
CMD ["--help"]
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["node", "/opt/inference-autotuner/health.mjs"]

FROM api AS worker
USER root
RUN apt-get update && apt-get install -y --no-install-recommends python3 && rm -rf /var/lib/apt/lists/*
COPY --from=python /opt/inference-autotuner/.cache/bin .cache/bin
COPY --from=python /opt/inference-autotuner/.cache/python .cache/python
COPY --from=python /opt/inference-autotuner/sbom sbom
COPY optimizer/src optimizer/src
ENV MPLCONFIGDIR=/tmp/matplotlib \
    PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
