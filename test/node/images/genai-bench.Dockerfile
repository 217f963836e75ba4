# For OME's image of genai-bench: that of the worker, called as OME calls its own.
FROM inference-autotuner:0.1.0
USER root
ENV PATH=/opt/inference-autotuner/.cache/bin:/usr/local/bin:/usr/bin:/bin
ENTRYPOINT []
CMD []
