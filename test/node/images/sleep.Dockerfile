# What holds a pod's namespaces, and what reads result files: neither needs more than Debian's own tools.
ARG NODE_IMAGE
FROM ${NODE_IMAGE}
CMD ["sleep", "infinity"]
