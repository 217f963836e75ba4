"""The model-based search strategies of inference-autotuner."""
